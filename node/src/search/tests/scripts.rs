//! Every script as people write and look for it: (text, what finds it, what does not).

use super::super::Query;
use super::{Filter, found, index};

const SAMPLES: &[(&str, &[&str], &[&str])] = &[
    // English: case, the last word begun, apostrophes.
    (
        "I didn't sleep; Mum's neighbour called at 3.15.",
        &["SLEEP", "slee", "didn't", "didn’t", "mum", "neighbour cal", "3.15"],
        &["lee", "neigh called", "dream"],
    ),
    // Spanish, French, Vietnamese, Polish, Norwegian, Hungarian, composed and not.
    ("Hoy ceniza, mañana quizá brasa. ¿Alguien más?", &["manana", "mañana", "QUIZA", "mas"], &["manano"]),
    ("Encore l'heure du cœur, déjà passée", &["heure", "coeur", "cœur", "DÉJÀ", "deja", "passe"], &["eur"]),
    ("Hôm nay mẹ gọi, mình không khóc nữa.", &["me goi", "mẹ gọi", "khong khoc", "nua"], &["mo"]),
    ("u\u{308}ber Nacht", &["über", "uber", "u\u{308}ber nacht"], &["ube nacht"]),
    ("Łódź była cicha", &["lodz", "ŁÓDŹ", "byla"], &["odz"]),
    ("Bjørn på øya", &["bjorn", "BJØRN", "oya", "pa"], &[]),
    // German: ß and umlauts.
    (
        "Die Straße bis zur Brücke, größer als MASSE",
        &["strasse", "STRASSE", "STRAẞE", "straße", "brucke", "groß", "maße"],
        &["strase"],
    ),
    // Turkish: dotted and dotless.
    (
        "İyi ki geldin; ıssız bir geceydi. Işık söndü.",
        &["iyi", "İYİ", "IYI", "issiz", "ISSIZ", "ışık", "isik", "sondu"],
        &["oyi"],
    ),
    // Cyrillic: case, ё; й stays itself.
    ("Её ёлка стоит, а мой чай остыл", &["елка", "ёлка", "ЕЁ", "ее", "чай", "МОЙ", "осты"], &["чаи "]),
    ("Ще один день без неї. Їжа не смакує.", &["їжа", "без неї", "СМАКУ"], &["смакую"]),
    // Greek: accents, the final sigma.
    ("Μίλησα σήμερα για τους φόβους", &["μιλησα", "ΜΙΛΗΣΑ", "φοβους", "ΦΟΒΟΥΣ", "φοβου"], &["φόβος"]),
    // Arabic: with and without vowels, forms of alef, alef maqsura, teh marbuta, lengthening.
    (
        "اليَوْمَ مَشَيْتُ إلى البَحْرِ مع أحمد، والحمد لله",
        &["اليوم", "مشيت", "الي البحر", "إلى", "احمد", "أحمد", "البحـــر", "مَشَيتُ"],
        &["البر"],
    ),
    ("ذهبت الى المدرسه مع آمنة", &["المدرسة", "إلى", "امنه", "آمِنة"], &["مدرس"]),
    // Persian: joiners, kaf and yeh of either keyboard, digits.
    ("نمی‌دانستم ۲۴ ساعت یک نفر بیدار است", &["نمیدانستم", "نمي‌دانستم", "24", "يك", "بيدار"], &["42"]),
    // Hebrew: with and without points, abbreviations.
    ("שָׁלוֹם לְכֻלָּם, היום בבי״ס", &["שלום", "שָׁלוֹם", "לכלם", "בביס", "בבי\"ס", "היו"], &["שלומות"]),
    // Hindi, Bengali, Tamil: vowel signs stay, nukta does not matter to who types without composing.
    ("आज माँ की आवाज़ याद आई", &["माँ", "आवाज\u{93c}", "याद"], &["मा ", "मी"]),
    ("இன்று ஒரு நல்ல நாள்", &["நல்ல", "நா"], &["நல "]),
    // Thai: any part, without spaces, with its marks.
    ("วันนี้ฉันไม่ได้ดื่มกาแฟเลยสักแก้ว", &["กาแฟ", "ดื่ม", "ไม่ได้ดื่ม", "แก้ว", "วันนี้", "กา"], &["กบ", "ดืม", "แก้วกาแฟ"]),
    ("ថ្ងៃនេះខ្ញុំបានដើរលេង", &["ដើរ", "ថ្ងៃនេះ"], &["លេងដើរ"]),
    // Chinese: any part, one letter too.
    (
        "今天把他的衣服收起来了，手一直在抖。",
        &["衣服", "收起来", "手", "抖", "今天 衣服"],
        &["服衣", "了手", "昨天"],
    ),
    // Japanese: kanji, kana with marks, wide and narrow forms.
    (
        "今日は窓を開けてみました。コーヒーがつめたかった。",
        &["窓", "開けて", "コーヒー", "ｺｰﾋｰ", "つめた", "が"],
        &["か\u{3099}か", "ひえた"],
    ),
    ("か\u{3099}んは\u{3099}りすぎないで", &["がんばり", "がんば"], &["かん"]),
    ("𠮷野家で泣いた。", &["𠮷野家", "泣"], &["吉"]),
    // Korean: composed and as single letters.
    (
        "오늘은 약을 줄인 지 열흘째예요.",
        &["오늘", "\u{110b}\u{1169}\u{1102}\u{1173}\u{11af}", "약을 줄"],
        &["늘은"],
    ),
    // Several scripts in one text, wide Latin.
    ("Ｔシャツを3枚 and 2 פעמים", &["tシャツ", "3枚", "シャツ", "and פעמים"], &["ツシャ"]),
];

#[test]
fn texts_are_found_as_people_type_in_every_script() {
    let texts: Vec<&str> = SAMPLES.iter().map(|(text, ..)| *text).collect();
    let all = index(&texts);
    for (number, (text, finds, finds_not)) in (0_u8..).zip(SAMPLES) {
        for words in *finds {
            let query = Query::parse(words).unwrap();
            assert!(found(&all, words, &Filter::default()).contains(&number), "{words:?} in {text:?}");
            let marks = query.marks(text).unwrap_or_else(|| panic!("{words:?} is marked in {text:?}"));
            for mark in marks {
                assert!(
                    text.get(mark.clone()).is_some_and(|marked| !marked.is_empty()),
                    "{mark:?} of {text:?}"
                );
            }
        }
        for words in *finds_not {
            let marks = Query::parse(words).unwrap().marks(text);
            assert_eq!(marks, None, "{words:?} in {text:?}");
        }
    }
}

#[test]
fn marks_are_the_words_themselves() {
    let marked = |words: &str, text: &str| -> Vec<String> {
        let marks = Query::parse(words).unwrap().marks(text).unwrap();
        marks.into_iter().map(|mark| text.get(mark).unwrap().to_owned()).collect()
    };
    assert_eq!(marked("bruck", "Zur BRÜCKE! Und über die Brücken."), ["BRÜCKE", "Brücken"]);
    assert_eq!(marked("heure", "l'heure."), ["heure"]);
    assert_eq!(marked("衣服", "他的衣服，她的衣服"), ["衣服", "衣服"]);
    assert_eq!(marked("ば", "か\u{3099}んは\u{3099}る"), ["は\u{3099}"]);
    assert_eq!(marked("hand hands", "Hands hand"), ["Hands", "hand"]);
}

#[test]
fn the_last_word_is_whole_if_something_stands_behind_it() {
    let all = index(&["a walk", "walking"]);
    assert_eq!(found(&all, "walk", &Filter::default()), [0, 1], "the whole word first");
    assert_eq!(found(&all, "walk ", &Filter::default()), [0]);
    assert_eq!(found(&all, "walk.", &Filter::default()), [0]);
}
