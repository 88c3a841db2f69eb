# Files that go with what people write.
files = What goes with it
file-what = { $thing }, { $size }
file-picture = A picture
file-document = A document
file-text = A text
file-recording = A recording
file-film = A film or recording
file-other = A file
file-bytes = { $number ->
    [one] 1 byte
   *[other] { $number } bytes
}
file-kib = { $number } KiB
file-mib = { $number } MiB
file-without-words = A picture that nobody has described
file-not-fetched = It is not on this device yet.
file-fetching = On its way from a member’s node that has it: { $part } % is here.
file-no-room = The disk of this device is full. It goes on when there is room.
file-here = It is on this device.
file-too-large = It is larger than the charter allows, and is not fetched.
file-save = Save it
file-fetch = Get it
file-drop = Take it off this device
file-stop = Stop
look-once-more = Look again
file-add = Add a picture or a file
file-add-hint = What a picture says of where and when it was taken is removed. The name of the file is not sent.
file-choose = The file
file-caption = What it shows
file-caption-hint = A few words, for those who cannot see it.
file-attach = Attach it
file-leave-out = Leave it out
file-prepared = { $what }.
file-cleaned = { $what }. What it says of where and when it was taken, and with what, was removed.
file-as-it-is-said = { $what }. It goes as it is, with whatever it carries beside what it shows.
file-with-caption = { $said } “{ $caption }”
file-as-it-is = Send it as it is
file-as-it-is-hint = Choose the file again. It goes with whatever it carries beside what it shows.
file-not-attached = You chose a file, and it is not attached yet. Nothing was sent.
file-not-attached-hint = Choose it again and press “Attach it”, or send without it. Your words are still here.
file-none-chosen = No file was chosen.
file-none-chosen-hint = Choose one, then press “Attach it”. Your words are still here.
