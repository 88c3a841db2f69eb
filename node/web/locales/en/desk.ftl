# The desk of those who look after a group.
desk-heading = Facilitator desk
desk-empty = Nothing waiting. Take a break.
desk-something-new = Something has changed. Look again
desk-you-until = You are on duty. Until: { $until }
desk-other-until = { $name } is on duty. Until: { $until }
desk-nobody-until = Nobody is on duty now. From then on somebody is: { $when }
desk-nobody = Nobody is on duty now.
desk-knocks = Who asks to be let in
desk-compare = You made this invite: compare the code of six digits with them.
desk-open-knock = Read and answer
desk-of = { $name }
desk-reports = Reports to look at
desk-report-by = By { $author }. Reported by { $from }.
desk-open-report = Look at it
desk-proposals = Proposed, and waiting for more to say the same
desk-once-more = They did not know of each other when they signed. One of them must sign once more.
desk-you-signed = You have signed.
desk-sign = Sign it, too
desk-letter-from = A letter from { $name }
desk-letter-alone = It is for you, and perhaps a few others. The group does not see it.
desk-appeal = They ask others to look again at this:
desk-write-back = Write back
desk-all-letters = All letters to you
desk-beside = Your duty, and how the group is doing
desk-to-greet = To greet
desk-came = Joined: { $when }
desk-greet = Write a greeting
desk-rota = Who is there
desk-rota-empty = Nobody has said when they are there. Members may still be reading.
desk-slot-duty-now = { $name } is on duty. Until: { $until }
desk-slot-greets-now = { $name } greets newcomers. Until: { $until }
desk-slot-duty = { $name } is on duty. { $span }
desk-slot-greets = { $name } greets newcomers. { $span }
desk-span = From: { $from }. Until: { $until }
desk-hand-over = Hand over now
desk-health = How the group is doing
desk-health-hint = Worked out on this device, and shown to those who look after the group. It says nothing about one person.
desk-you = What is yours, and what is not
desk-yours = You are a peer like everybody here. You see what is in the group, and what was reported to you. Nothing else.
desk-not-yours = You are not responsible for what another person does.
desk-step-back = Step back
desk-step-back-said = Thank you for being here. You can step back any time, with no reason. You stay a member. To have the role again, others must give it to you again.
desk-without-me = What you did stands.
desk-without-me-none = There is no other facilitator. Nobody could let people in, or help when something goes wrong, until the members vote for somebody.
desk-without-me-one = One facilitator would be left, who then decides alone.
desk-without-me-two = Two facilitators would be left, of whom the longer-serving decides alone.
desk-more = More
desk-invite = Invite somebody
desk-charter = The charter
done-stepped-back = You have stepped back. Thank you for having carried this.
done-signed = You have signed, and it takes effect.
done-awaiting = Your word is written. It takes effect once others say the same.
health-no-posts = No post has waited for its time yet.
health-heard-all = { $hours ->
    [one] Every post of the last month was heard within an hour.
   *[other] Every post of the last month was heard within { $hours } hours.
}
health-heard-most = { $hours ->
    [one] Most posts of the last month were heard within an hour. Some waited longer.
   *[other] Most posts of the last month were heard within { $hours } hours. Some waited longer.
}
health-heard-some = { $hours ->
    [one] Some posts of the last month were heard within an hour. Most waited longer.
   *[other] Some posts of the last month were heard within { $hours } hours. Most waited longer.
}
health-heard-none = { $hours ->
    [one] No post of the last month was heard within an hour.
   *[other] No post of the last month was heard within { $hours } hours.
}
health-first-minutes = { $minutes ->
    [one] Half of the first answers came within a minute.
   *[other] Half of the first answers came within { $minutes } minutes.
}
health-first-hours = { $hours ->
    [one] Half of the first answers came within an hour.
   *[other] Half of the first answers came within { $hours } hours.
}
health-greeted-all = Everybody who joined was greeted within two days.
health-greeted-most = Most who joined were greeted within two days.
health-greeted-few = Many who joined were not greeted within two days.
health-both-most = Most members both gave and received an answer.
health-both-some = Some members both gave and received an answer.
health-both-none = Nobody has both given and received an answer yet.
# Somebody at the door.
knock-heading = { $name } asks to be let in
knock-waiting = Not decided yet.
knock-signing = You have signed. Somebody else has to say the same.
desk-let-in = They were let in.
knock-declined-by = { $name } said no.
desk-turned-away = They were told no.
knock-gone = They were let in, and are gone.
knock-two-came = Two people came on this invite, and it is for one. Let nobody in on it: take it back, and make a new one.
knock-several-came = More people came on this invite than it is for. Let in whom you know.
knock-said = What was said
knock-nothing-said = Nothing was said yet.
knock-answer = Answer them
knock-answer-hint = They read it, and so do the others who decide. They are not told who of you wrote it.
knock-answer-send = Send the answer
knock-let-in = Let them in
knock-let-in-said = From then on they read and write here. Their node hears of it when it asks again, mostly within a minute.
knock-code-said = This is your code. Ask { $name } for theirs, by voice or face to face.
knock-code-same = We compared it, and it is the same on both sides.
knock-code-other = If theirs is another, somebody else has come on this link. Do not let them in.
knock-let-name-in = Let { $name } in
knock-compare-first = Compare the code first.
knock-compare-first-do = Ask for theirs by voice or face to face. If it is the same, say so here and let them in. Nothing was done.
knock-not-this-time = Not this time
knock-decline-hint = The others who decide read it, too. The group does not learn that somebody asked.
knock-decline = Say no, with this reason
done-knock-said = Sent. They read it when their node asks again.
done-admitted = They are in. Their node hears of it when it asks again, mostly within a minute.
done-declined = They read your reason when their node asks again.
# A report.
reported-heading = A report to look at
reported-from = Reported by { $name }. Only those whom it reached know that.
reported-harm = Something that hurts or threatens
reported-rule = Something that breaks a rule
reported-worry = Worried about whoever wrote it
reported-harm-alone = Words to one alone that hurt or threaten
reported-rule-alone = Words to one alone that break a rule
reported-worry-alone = Worried about whoever wrote to one alone
reported-quoted = What { $name } wrote, as it stood then
reported-note = What { $name } says
reported-kept = It is kept on your device for 30 days, also if its author takes it back.
reported-act = Do something about it
reported-where = Open it where it stands
reported-worried = What you can say when you are worried
reported-answer = What { $name } is told
reported-noted = It was read, and is kept in mind.
reported-noted-hint = Nothing more was needed for now.
reported-acted = Something was done.
reported-acted-hint = The record shows what, without details.
reported-no-breach = No rule was broken.
reported-no-breach-hint = It stays as it is. A kind word helps all the same.
reported-more = In your own words
reported-more-hint = Only they read it.
reported-send = Send the answer
reported-answered = You answered
reported-needs-outcome = Say what came of it.
reported-needs-outcome-do = Choose one of the three. Your words are still here.
done-report-answered = Your answer leaves within two minutes.
after-heading = That was hard to read
after-said = You did what you could.
after-rest = You can hand over now, to the others who look after the group. You can also do nothing for a while.
after-leave = Leave it here
# Being there.
duty-heading = Say when you are there
duty-said = Everybody in the group sees it. Shorter is kinder to yourself.
duty-for-what = For what
duty-on-duty = On duty
duty-on-duty-hint = You look after the group: who waits, who asks, what is reported.
duty-greeter = Greeting newcomers
duty-greeter-hint = You say hello to those who come.
duty-from = From when
duty-from-hint = Leave both empty to begin now. By the clock of this device: { $zone }.
duty-day = Day
duty-time = Time
duty-lasts = For how long
duty-lasts-hint = What you say here takes the place of what you said before about the same.
duty-take = Say so
duty-back = I am not on duty after all
duty-back-greeter = I do not greet newcomers after all
duty-hours = { $hours ->
    [one] An hour
   *[other] { $hours } hours
}
duty-days = { $days ->
    [one] A day
   *[other] { $days } days
}
duty-not-a-time = This is no time, or it is over.
duty-not-a-time-do = Choose a day and a time to come, or leave both empty to begin now.
done-duty = Saved. The others see when you are there.
done-duty-back = Saved. The others see that you are not there.
hand-over-said = To the other facilitators alone. The group does not see it.
hand-over-words = What they should know
hand-over-hint = Who could do with company, what was promised, when you rest. It leaves within two minutes.
hand-over-send = Hand over
done-handed-over = Sent. It leaves within two minutes.
# Acting on what somebody wrote.
act-heading = What { $name } wrote
act-what = What would be fair?
act-note = Write to them alone
act-note-hint = Only { $name } sees it. Often it is enough.
act-note-do = Send the note
act-fold = Fold it
act-fold-hint = Others can still open it, behind your reason. { $name } can change it and send it again.
act-fold-do = Fold it with this reason
act-hold = Hold it back
act-hold-hint = Only { $name } and those who look after the group can read it.
act-hold-do = Hold it back with this reason
act-restore = Show it again
act-restore-hint = What was done about what { $name } wrote is taken back.
act-restore-do = Show it again with this reason
act-pause = Pause their posting for a time
act-pause-hint = { $name } goes on reading. What they post meanwhile is shown when the pause ends.
act-pause-do = Pause their posting with this reason
act-takes = { $takes ->
   *[other] It takes { $takes } who say the same: yours is one, and it waits until then.
}
act-reason = Reason, as { $name } will read it
act-reason-hint = Of all but a note everybody in the group can read it. What is private belongs into a note to { $name } alone.
act-rule = The rule it rests on
act-no-rule = Choose one
act-rule-hint = Needed to fold, hold or pause. Not for a note, nor to show it again.
act-hours = For how long, if you pause
act-appeal = They can ask another facilitator to look, and another can take back what you did. Everybody in the group can read in the record that something was done.
act-button-changed = You chose something else, so nothing was done yet.
act-button-changed-do = The button says now what you chose. Press it if that is what you mean.
done-act = Saved. They read your reason, and can ask another facilitator to look.
done-act-awaiting = Your word is written. It takes effect once another says the same; where you differ, the stricter holds until two agree to show it again.
done-act-note = Your note leaves within two minutes. Only they see it.
