# The charter of a group, and what was done.
about = About
about-more = More about this group
about-alone = There is no second facilitator yet. If this one is gone, nobody can let people in. Ask somebody whether they would help.
about-key-words = Six words to compare
about-key-words-said = Read them to somebody of the group, by voice. If theirs are the same, you are in the same group.
about-acts = What was done, and by whom
about-acts-said = Every member can read what the facilitators did.
about-record = Record
about-edit = Change the charter
about-edit-hint = What members agree to (agreements, rules, confidence, who may read) is asked of each of them again.
about-edit-reason = Why, as all members will read it (needed)
about-edit-save = Change it
about-leaving = Leaving
about-leaving-said = You can leave any time, with no reason.
about-leave = Leave this group
charter-purpose = What it is for
charter-audience = Whom it is for
charter-agreements = What we agreed
charter-rules = Rules about content
charter-floor = What holds in every group
charter-floor-said = No methods or amounts for harming oneself or not eating, no encouragement of it, no pacts, no countdowns, and nothing that says who somebody else is.
charter-confidentiality = What stays here
charter-confidentiality-said = Other members can copy, photograph or keep what you write. Confidence is a promise between people, not a lock.
charter-how = How it goes
charter-reply = Answers
charter-hours = { $hours ->
    [one] We try to answer within an hour.
   *[other] We try to answer within { $hours } hours.
}
charter-kept = How long it is kept
charter-kept-always = As long as there is room.
charter-kept-days = { $days ->
    [one] One day.
   *[other] { $days } days.
}
charter-advice = Advice
charter-advice-if-asked = Only for those who ask for it.
charter-advice-welcome = Welcome, unless somebody asks for something else.
charter-history = What newcomers can read
charter-history-all = What was written before they came, too.
charter-history-none = Only what is written after they came.
charter-inviters = Who may invite
charter-inviters-facilitators = Facilitators and helpers.
charter-inviters-members = Every member.
charter-size = Size
charter-size-most = No larger than { $size }.
charter-term = How long somebody facilitates
charter-files = Pictures and documents
charter-files-none = None.
charter-files-most = Up to { $kib } KiB each.
charter-power = Who decides
charter-power-shared = Everybody facilitates. What concerns all takes more than half of you.
charter-no-more = Not any more.
charter-language = Language
charter-questions = What is asked of whoever knocks
charter-changed-heading = What members agree to has changed
charter-changed-said = Please read it. You can go on reading and writing meanwhile.
charter-agree = I agree
charter-agree-hint = If you do not, talk to a facilitator, or leave any time.
charter-one-a-line = One on each line.
charter-reply-hours = Within how many hours members try to answer (0: nothing is said)
charter-retention-days = For how many days what is written is kept (0: as long as there is room)
charter-size-field = How large the group may become
charter-term-days = For how many days somebody is meant to facilitate (0: nothing is said)
charter-files-field = How large a picture or document may be, in KiB (0: none)
done-awaiting = Saved. Another facilitator has to sign it before it holds.
