# Circles: announcing them, their lobby, their room.
circles-lead = A few people at one time, to talk and to be heard. Passing is as good as speaking.
circles-none = No circle is announced. You could host one.
circles-past = Circles that have been
circles-about = About circles
circles-host = Host a circle
circles-host-said = Anybody can. Everybody in the group sees it.
circles-how = How it goes
circles-how-said = Up to eight people, for about an hour. No time cuts anybody off. Of what is said nothing is kept once it is over. What people remember or copy is theirs.
circle-you-are-in-it = You are in it
circle-to-come = To come
circle-has-been = This circle has been
circle-announce = Announce a circle
circle-announce-hint = Everybody in the group sees it. You can call it off until it begins.
done-announced = Announced. Others see it as soon as their nodes are reached.
done-called-off = Called off. Others do not see it any more.
done-left-circle = You left the circle. Of what was said nothing is kept on this device. You can come back while it is on.
form-day = Day
form-time = Time
form-zone = By the clock of this device: { $zone }.
circle-minutes = About how many minutes
circle-minutes-hint = Nothing ends by it.
circle-form = In which form people speak
circle-form-rounds = In rounds
circle-form-rounds-hint = One after another speaks. In a turn nobody else does.
circle-form-open-floor = With an open floor
circle-form-open-floor-hint = Whoever wishes to speaks.
circle-form-support = In support turns
circle-form-support-hint = One after another has the time of the others, who may answer.
circle-size = Seats
circle-seats = { $seats ->
   *[other] { $seats } seats
}
circle-host = Who leads
circle-host-me = I do
circle-co-host = Who leads if the host is gone
circle-co-host-none = Nobody
circle-co-host-hint = With nobody here the circle ends by itself if the host stays away.
circle-opening = Words to begin with
circle-prompts = What the rounds are about
circle-prompts-hint = One line for each round. You can leave it out.
circle-closing = Words to end with
circle-soft = After how many minutes whoever speaks is asked to come to an end
circle-soft-hint = Nobody is cut off by it. Leave it out if nobody is to be asked.
circle-wrong-time = This is no day and time.
circle-wrong-number = One of the fields needs a number of minutes.
circle-wrong-hint = Look at it again. What you wrote is still here.
circle-heading = Circle: { $when }
circle-about-minutes = { $minutes ->
    [one] About a minute.
   *[other] About { $minutes } minutes.
}
circle-nothing-kept = Nothing of it is kept after it closes.
circle-starts = Starts: { $when }
circle-half-an-hour = You can go there from half an hour before.
circle-lobby-said = You can come and just listen. You can pass every time, and leave at any moment.
circle-past-said = Of what was said nothing was kept.
circle-i-am-here = I am here
circle-call-off = Call it off
circle-slower = Without scripts this page does not follow by itself.
circle-look-again = Look again
circle-aside = This circle and your seat
circle-agenda = This circle
circle-agenda-opening = Opening
circle-agenda-round = Round { $round }: { $prompt }
circle-agenda-rounds = Rounds
circle-now = now
circle-opening-words = Words to begin with
circle-if-a-node-drops = If the node of whoever leads drops out, the other of host and co-host goes on in about a minute. If yours does, you can come back.
circle-asking = You are on your way in
circle-asking-said = Finding the others. Whoever leads the circle lets you in. This can take a minute.
circle-waiting = A round is on
circle-waiting-said = You come in by yourself when it is over.
circle-full = All seats are taken now
circle-full-said = You come in by yourself when one is free.
circle-closed = The circle is over
circle-left = You left the circle
circle-elsewhere = You are in this circle with another device now
circle-unled = Host and co-host have been gone for long, so the circle is over
circle-gone = What was said is gone from this device.
circle-you = you
circle-your-turn = It is your turn
circle-has-the-turn = { $name } has the turn
circle-then = Next: { $names }.
circle-come-to-an-end = When you can, come to an end. Nobody will cut you off.
circle-between = The round is over
circle-between-said = Anyone may speak until the next begins.
circle-between-lead = Anyone may speak. Begin the next round when you wish.
circle-gathering = People are coming in
circle-gathering-said = It begins when the host says so. Anyone may speak meanwhile.
circle-gathering-lead = Begin when you wish. Anyone may speak meanwhile.
circle-gathering-short = Coming in
circle-floor = Anyone may speak
circle-floor-short = Open floor
circle-last-words = Last words
circle-last-words-said = The circle closes in a moment. What was said is gone then.
circle-paused = A pause. Nobody is in a hurry.
circle-nobody-leads = Nobody leads at the moment, so everybody may speak. If neither host nor co-host comes back, the circle ends by itself after ten minutes.
circle-nothing-heard = Nothing is heard of { $name } at the moment. If it stays so, it goes on without them.
circle-dropped-out = { $host }’s node dropped out. { $name } is leading the circle now.
circle-dropped-out-you = { $host }’s node dropped out. You are leading the circle now.
circle-you-lead = You are leading the circle now.
circle-leads-now = { $name } is leading the circle now.
circle-contradicts = What comes from { $name }’s device contradicts itself, so nothing of it is shown any more.
circle-somebody-waits = Somebody waits to come in between two rounds.
circle-share = Share
circle-pass = Pass
circle-minute = I need a minute
circle-share-more = Share, and go on
circle-nobody-cuts-off = Nobody will cut you off. Nothing of it is saved.
circle-seats-heading = Seats in this circle
circle-seat-you = You
circle-seat-speaking = Speaking
circle-seat-next = Next
circle-seat-host = Host
circle-seat-co-host = Co-host
circle-seat-minute = needs a minute
circle-seat-silent = silent at the moment
circle-round = { $round ->
    [1] First round
    [2] Second round
    [3] Third round
   *[other] Round { $round }
}
circle-of-rounds = { $rounds ->
    [2] of two
    [3] of three
   *[other] of { $rounds }
}
circle-said = What was said
circle-gone-when-closed = Gone when the circle closes
circle-not-yet = Nobody else has this yet.
circle-lost = This reached nobody, since the circle began anew. Say it again if you like.
circle-leading = You look after this circle
circle-leading-said = Whoever has the turn is asked first to come to an end. A quarter of a minute later you can give the turn on.
circle-act-begin = Begin
circle-act-next-round = Begin the next round
circle-act-ask-to-end = Ask to come to an end
circle-act-next-turn = Give the turn on
circle-act-pause = Pause
circle-act-resume = Go on
circle-act-hand-over = Hand over to the other host
circle-act-lead = Lead from now on
circle-act-close = Close the circle
circle-your-seat = Your seat
circle-leave = Leave the circle
circle-leave-said = No reason needed. Others see only an empty seat. If this page is shown nowhere for five minutes, you leave by yourself.
you-beside = you
