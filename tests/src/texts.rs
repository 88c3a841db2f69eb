//! What people say in the stories: own-worded texts of many scripts, and of every length a post may have.

use kith_protocol::limits;

use crate::seed::Chance;

/// Short texts, each with something a careless program breaks.
pub const SAYINGS: &[&str] = &[
    // Plain, and the shortest.
    "I slept four hours. That is one more than yesterday.",
    "a",
    // Nothing is trimmed: space, line ends of all kinds, tabs, a lone newline.
    "  two spaces before, one after, and a newline \n",
    "\n",
    " ",
    "line\r\nfeeds\rof\nall\tkinds\r\n",
    // What looks like something else.
    "{\"v\":1,\"data\":{\"post\":\"not one\"}} \\u0000 \\n 'quotes' \"and\" `ticks` $(no) %s %00 </script><b>",
    "--json --home /nowhere",
    "kith:not-a-link",
    "null",
    // Control characters and the end of a C string.
    "before\u{0}after \u{1}\u{7}\u{1b}[31mred\u{1b}[0m\u{7f}\u{9f}",
    // A byte order mark, a lone one, and invisible joiners.
    "\u{feff}starts with a mark",
    "\u{feff}",
    "\u{200b}\u{2060}\u{ad}",
    // Latin with marks, composed and decomposed: they must stay as they were typed.
    "Heute früh habe ich's geschafft, die Straße bis zur Brücke zu gehen.",
    "u\u{308}ber Nacht ist es still geworden, und trotzdem war ich wach",
    "Hôm nay mẹ gọi, mình không khóc nữa.",
    "Hôm nay mẹ gọi, mình không khóc nữa.\u{323}\u{302}\u{309}",
    "İyi ki geldin; ıssız bir geceydi.",
    "Dziś pierwszy raz powiedziałam to na głos. Łódź była cicha.",
    "Minden héten egy kicsit könnyebb, ő is így mondta.",
    "Hoy ceniza, mañana quizá brasa. ¿Alguien más?",
    // Cyrillic, Greek, Armenian, Georgian.
    "Сегодня я вышел за хлебом и не повернул назад.",
    "Ще один день без неї. Їжа не смакує.",
    "Μίλησα σήμερα για πρώτη φορά, με τρεμάμενη φωνή.",
    "Այսօր մի քիչ թեթև է։",
    "დღეს ცოტა უკეთ ვარ.",
    // Right to left, alone and mixed, with marks of direction and vowel points.
    "היום הצלחתי לדבר עם אחותי, אחרי שנה.",
    "שָׁלוֹם לְכֻלָּם",
    "اليوم مشيت إلى البحر وحدي، ولم أخف.",
    "نمی‌دانستم که این‌قدر آدم بیدار است.",
    "آج رات پھر نیند نہیں آئی",
    "I told them «אני לא לבד» and then 3 people said \u{202b}نعم\u{202c} at 22:15.",
    "\u{202e}turned round\u{202c} and back \u{2067}x\u{2069}",
    // Marks that join: Indic scripts, Thai, Khmer, Tibetan, Burmese.
    "आज माँ की आवाज़ याद आई, और हँसी भी।",
    "আজ একটু কম ভয় লাগছে।",
    "இன்று ஒரு நல்ல நாள்.",
    "ఈ రోజు నిద్ర పట్టింది.",
    "วันนี้ฉันไม่ได้ดื่มเลยสักแก้ว",
    "ថ្ងៃនេះខ្ញុំបានដើរលេង",
    "དེ་རིང་སེམས་པ་ཞི་བདེ་ཡོད།",
    "ဒီနေ့ နည်းနည်း သက်သာတယ်။",
    // East Asia, with Hangul both composed and as single letters, kana with marks, rare characters.
    "今天把他的衣服收起来了，手一直在抖。",
    "今日は窓を開けてみました。風がつめたかった。",
    "か\u{3099}んは\u{3099}りすぎないで",
    "오늘은 약을 줄인 지 열흘째예요.",
    "\u{110b}\u{1169}\u{1102}\u{1173}\u{11af} 은 괜찮아",
    "𠮷野家で泣いた。𩸽はうまい。",
    // Ethiopic, Cherokee, N'Ko, Adlam (right to left, outside the basic plane).
    "ዛሬ ትንሽ ተኝቻለሁ።",
    "ᎣᏍᏓ ᏑᎾᎴᎢ",
    "ߌ ߣߌ ߛߐ߲߬ߜߐ߫",
    "𞤀𞤣𞤢𞤤𞤥",
    // Emoji: with skin, joined into families, flags, keycaps, a lone joiner, a lone selector.
    "🙂",
    "👩🏽‍🚀 👨‍👩‍👧‍👦 🏳️‍🌈 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🇺🇦 1️⃣ ❤️‍🩹",
    "\u{200d}\u{fe0f}",
    // More marks than anybody needs.
    "t\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}\u{30a}\u{30b}ired",
    "\u{301}begins with a mark",
    // The last characters of Unicode, unassigned and private ones.
    "\u{10ffff}\u{fffd}\u{e000}\u{378}\u{ffff}",
];

/// The lengths at which padding, limits and buffers turn, in bytes.
pub const LENGTHS: &[usize] = &[
    1,
    2,
    3,
    127,
    128,
    129,
    255,
    256,
    257,
    400,
    1023,
    1024,
    4095,
    4096,
    8191,
    16_000,
    limits::TEXT - 1,
    limits::TEXT,
];

/// A text of exactly `bytes` bytes, in one of several scripts.
pub fn of_length(bytes: usize, chance: &mut Chance) -> String {
    let words: &[&str] = match chance.below(4) {
        0 => &["night ", "walk ", "again ", "quiet ", "rain "],
        1 => &["ночь ", "дождь ", "опять ", "тихо "],
        2 => &["夜", "雨", "静か", "歩く", "また、"],
        _ => &["🌧️", "🚶🏿‍♀️", "🌙", "🫂 "],
    };
    let mut text = String::with_capacity(bytes);
    loop {
        let word = chance.pick(words);
        if text.len() + word.len() > bytes {
            break;
        }
        text.push_str(word);
    }
    text.extend(std::iter::repeat_n('.', bytes - text.len()));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Seed;

    #[test]
    fn lengths_are_met_to_the_byte() {
        let mut chance = Seed::or(3).stream(0);
        for length in LENGTHS {
            assert_eq!(of_length(*length, &mut chance).len(), *length);
        }
    }

    #[test]
    fn every_saying_is_another_and_fits_a_post() {
        for (at, saying) in SAYINGS.iter().enumerate() {
            assert!((1..=limits::TEXT).contains(&saying.len()));
            assert!(!SAYINGS[..at].contains(saying), "twice: {saying:?}");
        }
    }
}
