# Dateien, die mit dem mitgehen, was Menschen schreiben.
files = Was dabei ist
file-what = { $thing }, { $size }
file-picture = Ein Bild
file-document = Ein Dokument
file-text = Ein Text
file-recording = Eine Aufnahme
file-film = Ein Film oder eine Aufnahme
file-other = Eine Datei
file-bytes = { $number ->
    [one] 1 Byte
   *[other] { $number } Bytes
}
file-kib = { $number } KiB
file-mib = { $number } MiB
file-without-words = Ein Bild, das niemand beschrieben hat
file-not-fetched = Noch nicht auf diesem Gerät.
file-fetching = Kommt gerade vom Knoten eines Mitglieds: { $part } % sind hier.
file-no-room = Der Speicher dieses Geräts ist voll. Es geht weiter, wenn Platz ist.
file-here = Auf diesem Gerät.
file-too-large = Größer, als in dieser Gruppe vereinbart ist. Wird nicht geholt.
file-save = Speichern
file-fetch = Holen
file-drop = Von diesem Gerät löschen
file-stop = Anhalten
look-once-more = Noch einmal nachsehen
file-add = Bild oder Datei hinzufügen
file-add-hint = Was ein Bild darüber verrät, wo und wann es aufgenommen wurde, wird entfernt. Der Name der Datei wird nicht gesendet.
file-choose = Die Datei
file-caption = Was darauf zu sehen ist
file-caption-hint = Ein paar Worte für alle, die es nicht sehen können.
file-attach = Anhängen
file-leave-out = Weglassen
file-prepared = { $what }.
file-cleaned = { $what }. Angaben dazu, wo, wann und womit es aufgenommen wurde, wurden entfernt.
file-as-it-is-said = { $what }. Wird gesendet, wie es ist, mit allem, was außer dem Sichtbaren darin steckt.
file-with-caption = { $said } „{ $caption }“
file-as-it-is = Senden, wie es ist
file-as-it-is-hint = Wähle die Datei noch einmal aus. Sie wird mit allem gesendet, was außer dem Sichtbaren darin steckt.
file-not-attached = Du hast eine Datei gewählt, aber noch nicht angehängt. Es wurde nichts gesendet.
file-not-attached-hint = Wähle sie noch einmal aus und drück auf „Anhängen“, oder sende ohne sie. Deine Worte sind noch da.
file-none-chosen = Es wurde keine Datei gewählt.
file-none-chosen-hint = Wähle eine aus und drück dann auf „Anhängen“. Deine Worte sind noch da.
