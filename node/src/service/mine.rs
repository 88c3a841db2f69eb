//! What a person keeps for themselves alone. Nothing here touches a group, and nothing is written to one.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::resolve::{self, Thing};
use super::{Service, ServiceError, text};
use crate::api::types::{
    AddLine, Answers, Audience, CheckIn, Code, Deleted, Goal, HelpCard, HelpLine, Milestone, Mine, MineList,
    Need, Plan, Skill, SkillList, SkillStep, Tags, Written,
};
use crate::mine::{self, Id, Kind, MineError, Read, Shelf};

/// Where lines of other countries are found.
pub const ELSEWHERE: &str = "https://findahelpline.com";
/// The longest short text: a title, a step, a tag, a name.
const SHORT: usize = 500;
/// The longest text within a record that is more than a text.
const LONG: usize = 4096;
/// Steps of a goal, and tags.
const MANY: usize = 50;

/// What can be kept, and as what.
pub trait Keepable: Serialize + DeserializeOwned + Send + 'static {
    /// Its kind in the file.
    const KIND: Kind;
}

macro_rules! keepable {
    ($($kept:ty as $kind:ident),+) => { $(impl Keepable for $kept { const KIND: Kind = Kind::$kind; })+ };
}
keepable!(Goal as Goal, Milestone as Milestone, CheckIn as CheckIn, Answers as Answers, HelpLine as Line);

/// Which kind of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Texts {
    /// Pages of the journal.
    Journal,
    /// Thanks that somebody got.
    Thanks,
    /// What is not sent yet.
    Drafts,
}

impl Texts {
    fn kind(self) -> Kind {
        match self {
            Texts::Journal => Kind::Journal,
            Texts::Thanks => Kind::Thanks,
            Texts::Drafts => Kind::Draft,
        }
    }
}

impl Service {
    /// Keeps a text: a page of the journal, thanks, a draft.
    ///
    /// # Errors
    /// [`Code::MineFull`], [`Code::DiskFull`], [`Code::HomeDamaged`].
    pub async fn keep_text(&self, texts: Texts, text: String) -> Result<Mine<Written>, ServiceError> {
        let time = self.node()?.clock.now().to_string();
        self.keep(texts.kind(), Written { time, text }).await
    }

    /// Texts of one kind; those only in which all of `words` stand, if given.
    ///
    /// # Errors
    /// [`Code::HomeDamaged`].
    pub async fn texts(&self, texts: Texts, words: Option<&str>) -> Result<MineList<Written>, ServiceError> {
        self.node()?;
        let mut list: MineList<Written> = self.all(texts.kind()).await?;
        let words: Vec<String> =
            words.unwrap_or_default().split_whitespace().map(str::to_lowercase).collect();
        list.items.retain(|one| {
            let text = one.kept.text.to_lowercase();
            words.iter().all(|word| text.contains(word.as_str()))
        });
        Ok(list)
    }

    /// One text.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::HomeDamaged`].
    pub async fn text(&self, texts: Texts, given: &str) -> Result<Mine<Written>, ServiceError> {
        self.one(texts.kind(), given).await
    }

    /// Keeps another text in place of one.
    ///
    /// # Errors
    /// As [`Service::text`] and [`Service::keep_text`].
    pub async fn replace_text(
        &self,
        texts: Texts,
        given: &str,
        text: String,
    ) -> Result<Mine<Written>, ServiceError> {
        let found: Mine<Written> = self.one(texts.kind(), given).await?;
        let time = self.node()?.clock.now().to_string();
        self.replace(texts.kind(), Mine { id: found.id, kept: Written { time, text } }).await
    }

    /// Deletes a text: it is not in the file any more.
    ///
    /// # Errors
    /// As [`Service::text`].
    pub async fn delete_text(&self, texts: Texts, given: &str) -> Result<Deleted, ServiceError> {
        self.delete(texts.kind(), given).await
    }

    /// Everything of a kind.
    ///
    /// # Errors
    /// [`Code::HomeDamaged`].
    pub async fn mine<T: Keepable>(&self) -> Result<MineList<T>, ServiceError> {
        self.node()?;
        self.all(T::KIND).await
    }

    /// One of a kind.
    ///
    /// # Errors
    /// As [`Service::text`].
    pub async fn mine_one<T: Keepable>(&self, given: &str) -> Result<Mine<T>, ServiceError> {
        self.one(T::KIND, given).await
    }

    /// Deletes one of a kind.
    ///
    /// # Errors
    /// As [`Service::text`].
    pub async fn mine_delete<T: Keepable>(&self, given: &str) -> Result<Deleted, ServiceError> {
        self.delete(T::KIND, given).await
    }

    /// Keeps a new goal.
    ///
    /// # Errors
    /// [`Code::BadWords`], and as [`Service::keep_text`].
    pub async fn add_goal(&self, goal: Goal) -> Result<Mine<Goal>, ServiceError> {
        self.node()?;
        self.keep(Kind::Goal, checked_goal(goal)?).await
    }

    /// Keeps a goal as it is now.
    ///
    /// # Errors
    /// As [`Service::add_goal`] and [`Service::text`].
    pub async fn edit_goal(&self, given: &str, goal: Goal) -> Result<Mine<Goal>, ServiceError> {
        self.node()?;
        let found: Mine<Goal> = self.one(Kind::Goal, given).await?;
        self.replace(Kind::Goal, Mine { id: found.id, kept: checked_goal(goal)? }).await
    }

    /// Keeps a check-in, for the person alone.
    ///
    /// # Errors
    /// [`Code::BadRequest`], [`Code::BadWords`], and as [`Service::keep_text`].
    pub async fn check_in(&self, mut wish: CheckIn) -> Result<Mine<CheckIn>, ServiceError> {
        self.node()?;
        wish.audience = Audience::OnlyMe;
        self.keep_check_in(wish).await
    }

    /// Keeps a check-in, whoever was told of it.
    pub(super) async fn keep_check_in(&self, mut wish: CheckIn) -> Result<Mine<CheckIn>, ServiceError> {
        if wish.mood > 5 || wish.energy > 5 {
            return Err(bad("Mood and energy are numbers from 1 to 5."));
        }
        text::words("note", &wish.note, LONG)?;
        if wish.mood == 0 && wish.energy == 0 && wish.need == Need::None && wish.note.trim().is_empty() {
            return Err(ServiceError::new(
                Code::BadRequest,
                "There is nothing to keep yet.",
                "Say how you are, what would help, or anything else. One of them is enough.",
            ));
        }
        wish.time = self.node()?.clock.now().to_string();
        self.keep(Kind::CheckIn, wish).await
    }

    /// The guides.
    ///
    /// # Errors
    /// None today.
    #[allow(clippy::unused_async, reason = "as every method of the service")]
    pub async fn skills(&self) -> Result<SkillList, ServiceError> {
        self.node()?;
        Ok(SkillList { skills: mine::guides().into_iter().map(skill).collect() })
    }

    /// One guide.
    ///
    /// # Errors
    /// [`Code::UnknownId`].
    #[allow(clippy::unused_async, reason = "as every method of the service")]
    pub async fn skill(&self, id: &str) -> Result<Skill, ServiceError> {
        self.node()?;
        mine::guide(id).map(skill).ok_or_else(|| {
            ServiceError::new(
                Code::UnknownId,
                "There is no guide of that name.",
                "\"kith skill list\" shows them.",
            )
        })
    }

    /// Begins a guide, or keeps what was written so far.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::BadWords`], and as [`Service::keep_text`].
    pub async fn keep_answers(
        &self,
        given: Option<&str>,
        mut answers: Answers,
    ) -> Result<Mine<Answers>, ServiceError> {
        self.node()?;
        let skill = self.skill(&answers.skill).await?;
        if answers.answers.len() > skill.steps.len() {
            return Err(bad("There are more answers than the guide has steps."));
        }
        for answer in &answers.answers {
            text::words("answer", answer, LONG)?;
        }
        match given {
            None => {
                answers.time = self.node()?.clock.now().to_string();
                self.keep(Kind::Answers, answers).await
            }
            Some(given) => {
                let found: Mine<Answers> = self.one(Kind::Answers, given).await?;
                answers.time = found.kept.time;
                self.replace(Kind::Answers, Mine { id: found.id, kept: answers }).await
            }
        }
    }

    /// My plan; an empty one if none was written.
    ///
    /// # Errors
    /// [`Code::HomeDamaged`].
    pub async fn plan(&self) -> Result<Plan, ServiceError> {
        self.single(Kind::Plan).await
    }

    /// Keeps my plan as it is now.
    ///
    /// # Errors
    /// [`Code::BadWords`], and as [`Service::keep_text`].
    pub async fn set_plan(&self, plan: Plan) -> Result<Plan, ServiceError> {
        self.node()?;
        for step in [&plan.signs, &plan.alone, &plan.places, &plan.people, &plan.services, &plan.surroundings]
        {
            text::words("step", step, LONG)?;
        }
        self.set_single(Kind::Plan, plan).await
    }

    /// My tags.
    ///
    /// # Errors
    /// [`Code::HomeDamaged`].
    pub async fn tags(&self) -> Result<Tags, ServiceError> {
        self.single(Kind::Tags).await
    }

    /// Keeps these tags in place of those before; none deletes them.
    ///
    /// # Errors
    /// [`Code::BadWords`], and as [`Service::keep_text`].
    pub async fn set_tags(&self, tags: Tags) -> Result<Tags, ServiceError> {
        self.node()?;
        if tags.tags.len() > MANY {
            return Err(bad("There can be 50 tags."));
        }
        for tag in &tags.tags {
            short("tag", tag)?;
        }
        self.set_single(Kind::Tags, tags).await
    }

    /// Where to get help now, for the chosen country or the one of this code: for anybody at this device, also while
    /// the node is locked.
    pub fn general_card(&self, country: Option<&str>) -> HelpCard {
        let chosen = || mine::chosen(self.home().ok()?);
        help_card(country.map(str::to_ascii_uppercase).or_else(chosen))
    }

    /// Where to get help now, with lines of one's own.
    ///
    /// # Errors
    /// [`Code::HomeDamaged`].
    pub async fn help_card(&self) -> Result<HelpCard, ServiceError> {
        let chosen = mine::chosen(&self.node()?.paths);
        let own: MineList<HelpLine> = self.all(Kind::Line).await?;
        Ok(HelpCard { own: own.items, ..help_card(chosen) })
    }

    /// Keeps the choice of a country.
    ///
    /// # Errors
    /// [`Code::BadRequest`], [`Code::DiskFull`], [`Code::HomeReadOnly`].
    pub async fn choose_country(&self, country: &str) -> Result<HelpCard, ServiceError> {
        self.node()?;
        let (paths, code) = (self.node()?.paths.clone(), country.to_owned());
        let chosen = tokio::task::spawn_blocking(move || mine::choose(&paths, &code)).await;
        chosen.map_err(|_| ServiceError::of(Code::Internal))?.map_err(not_chosen)?;
        self.help_card().await
    }

    /// Keeps a line of one's own.
    ///
    /// # Errors
    /// [`Code::BadWords`], and as [`Service::keep_text`].
    pub async fn add_line(&self, line: AddLine) -> Result<HelpCard, ServiceError> {
        self.node()?;
        for (what, words) in [("name", &line.name), ("number", &line.call)] {
            short(what, words)?;
        }
        text::words("note", &line.hours, SHORT)?;
        let kept =
            HelpLine { name: line.name, call: Some(line.call), hours: line.hours, ..HelpLine::default() };
        self.keep(Kind::Line, kept).await?;
        self.help_card().await
    }

    pub(super) async fn keep<T: Stored>(&self, kind: Kind, kept: T) -> Result<Mine<T>, ServiceError> {
        let bytes = encode(&kept)?;
        let id = self.node()?.mine.ask(move |shelf| shelf.add(kind, &bytes)).await?;
        Ok(Mine { id: hex::encode(id), kept })
    }

    pub(super) async fn replace<T: Stored>(
        &self,
        kind: Kind,
        mine: Mine<T>,
    ) -> Result<Mine<T>, ServiceError> {
        let (bytes, id) = (encode(&mine.kept)?, raw(&mine.id)?);
        self.node()?.mine.ask(move |shelf| shelf.replace(kind, &id, &bytes)).await?;
        Ok(mine)
    }

    pub(super) async fn all<T: Stored>(&self, kind: Kind) -> Result<MineList<T>, ServiceError> {
        let read = self.node()?.mine.ask(move |shelf| Ok(shelf.of(kind))).await?;
        let mut list = MineList { items: Vec::new(), damaged: Vec::new() };
        for one in read {
            match decode(&one) {
                Some(kept) => list.items.push(Mine { id: hex::encode(one.id), kept }),
                None => list.damaged.push(hex::encode(one.id)),
            }
        }
        Ok(list)
    }

    pub(super) async fn one<T: Stored>(&self, kind: Kind, given: &str) -> Result<Mine<T>, ServiceError> {
        let id = self.find(kind, given).await?;
        let bytes = self.node()?.mine.ask(move |shelf| shelf.get(kind, &id)).await?;
        let kept = serde_json::from_slice(&bytes).map_err(|_| MineError::RecordDamaged)?;
        Ok(Mine { id: hex::encode(id), kept })
    }

    pub(super) async fn delete(&self, kind: Kind, given: &str) -> Result<Deleted, ServiceError> {
        let id = self.find(kind, given).await?;
        self.node()?.mine.ask(move |shelf| shelf.delete(kind, &id)).await?;
        Ok(Deleted { deleted: hex::encode(id) })
    }

    async fn find(&self, kind: Kind, given: &str) -> Result<Id, ServiceError> {
        let ids = self.node()?.mine.ask(move |shelf| Ok(shelf.ids(kind))).await?;
        resolve::one(Thing::Mine, given, ids.into_iter().map(|id| (hex::encode(id), None, id)))
    }

    pub(super) async fn single<T: Stored + Default>(&self, kind: Kind) -> Result<T, ServiceError> {
        let read = self.node()?.mine.ask(move |shelf| Ok(shelf.of(kind))).await?;
        match read.last() {
            None => Ok(T::default()),
            Some(one) => decode(one).ok_or_else(|| MineError::RecordDamaged.into()),
        }
    }

    pub(super) async fn set_single<T: Stored>(&self, kind: Kind, kept: T) -> Result<T, ServiceError> {
        let bytes = encode(&kept)?;
        let set = move |shelf: &mut Shelf| match shelf.ids(kind).last() {
            Some(id) => shelf.replace(kind, id, &bytes),
            None => shelf.add(kind, &bytes).map(|_| ()),
        };
        self.node()?.mine.ask(set).await?;
        Ok(kept)
    }
}

/// The general card: needs no node, no vault, no home.
pub fn help_card(chosen: Option<String>) -> HelpCard {
    let found = chosen.as_deref().and_then(mine::country);
    let elsewhere = ELSEWHERE.to_owned();
    let Some(country) = found else { return HelpCard { country: chosen, elsewhere, ..HelpCard::default() } };
    let line = |line: mine::Line| HelpLine {
        name: line.name,
        call: line.call,
        text: line.text,
        hours: line.hours,
        online: line.online,
        source: line.source,
    };
    HelpCard {
        country: Some(country.code),
        name: Some(country.name),
        emergency: Some(country.emergency),
        checked_on: Some(country.checked_on),
        lines: country.lines.into_iter().map(line).collect(),
        own: Vec::new(),
        elsewhere,
    }
}

/// Why a country could not be kept.
pub fn not_chosen(error: std::io::Error) -> ServiceError {
    match error.kind() {
        std::io::ErrorKind::InvalidInput => bad("A country is two letters, such as NZ."),
        _ => crate::disk::Trouble::of(&error).into(),
    }
}

/// Anything that is stored as JSON.
pub(super) trait Stored: Serialize + DeserializeOwned + Send + 'static {}
impl<T: Serialize + DeserializeOwned + Send + 'static> Stored for T {}

fn encode<T: Serialize>(kept: &T) -> Result<Vec<u8>, ServiceError> {
    serde_json::to_vec(kept).map_err(|_| Code::Internal.into())
}

pub(super) fn decode<T: DeserializeOwned>(read: &Read) -> Option<T> {
    serde_json::from_slice(read.bytes.as_deref()?).ok()
}

fn raw(id: &str) -> Result<Id, ServiceError> {
    let mut raw = Id::default();
    hex::decode_to_slice(id, &mut raw).map_err(|_| ServiceError::of(Code::UnknownId))?;
    Ok(raw)
}

fn checked_goal(goal: Goal) -> Result<Goal, ServiceError> {
    short("goal", &goal.what)?;
    text::words("reason", &goal.why, LONG)?;
    if goal.steps.len() > MANY {
        return Err(bad("A goal can have 50 steps."));
    }
    for step in &goal.steps {
        short("step", &step.what)?;
    }
    goal.review.as_deref().map(super::milestones::day).transpose()?;
    Ok(goal)
}

/// A short text that says something.
pub(super) fn short(what: &str, words: &str) -> Result<(), ServiceError> {
    if words.trim().is_empty() {
        return Err(ServiceError::new(
            Code::BadWords,
            format!("A {what} needs at least one word."),
            "Write something, even one word, and try again.",
        ));
    }
    text::words(what, words, SHORT)
}

pub(super) fn bad(message: &str) -> ServiceError {
    ServiceError { message: message.to_owned(), ..Code::BadRequest.into() }
}

fn skill(guide: mine::Guide) -> Skill {
    let step = |step: mine::Step| SkillStep { say: step.say, ask: step.ask };
    Skill {
        id: guide.id,
        title: guide.title,
        minutes: guide.minutes,
        evidence: guide.evidence,
        licence: guide.licence,
        source: guide.source,
        language: guide.language,
        steps: guide.steps.into_iter().map(step).collect(),
    }
}
