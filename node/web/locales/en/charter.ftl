# A charter in plain words.
charter-purpose = What it is for
charter-audience = Whom it is for
charter-agreements = What we agree to
charter-rules = Rules about what is written
charter-floor = Rules that every group has
charter-confidentiality = Where confidence ends
charter-how-it-goes = How it goes
charter-advice-if-asked = Advice is for those who ask for it.
charter-advice-welcome = Advice is welcome.
charter-reply-hours = { $hours ->
    [one] We try to answer within an hour.
   *[other] We try to answer within { $hours } hours.
}
charter-kept-on = What is written is kept for as long as there is room.
charter-kept-days = { $days ->
    [one] What is written is kept for a day.
   *[other] What is written is kept for { $days } days.
}
charter-history-all = Newcomers can read what was written before they came.
charter-history-none = Newcomers can read only what is written after they came.
charter-invites-facilitators = Facilitators and helpers may invite.
charter-invites-members = Everybody here may invite.
charter-shared-power = Everybody here is a facilitator. What concerns all takes more than half of us.
charter-size = Places in this group: { $size }.
charter-floor-methods = Nothing about how to harm oneself.
charter-floor-numbers = No amounts or numbers of self-harm or eating.
charter-floor-encouragement = No encouragement to self-harm.
charter-floor-pacts = No agreements to harm oneself together.
charter-floor-countdowns = No farewell notes or countdowns.
charter-floor-identifying = Nothing that tells who somebody else is.
charter-floor-said = No methods or amounts for harming oneself or not eating, no encouragement of it, no pacts, no countdowns, and nothing that tells who somebody else is.
charter-agree = I agree
charter-advice = Advice
charter-history = What newcomers can read
charter-inviters = Who may invite
charter-language = Language
