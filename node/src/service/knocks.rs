//! Those who knock, and one's own knock.

use kith_protocol::id::EntryId;
use kith_protocol::limits;

use super::resolve::{self, Thing};
use super::{Service, ServiceError, text};
use crate::api::types::{Code, Knock, KnockList};
use crate::cell::{Cell, Engine};

/// What goes by the id of a knock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    /// One that is mine to decide.
    Received([u8; 16]),
    /// A join that is here, and that its invite does not settle.
    Join(EntryId),
    /// My own.
    Mine,
}

impl Service {
    /// Those who knock at a group's door, as far as it is mine to decide; and my own knock.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn knock_list(&self, group: &str) -> Result<KnockList, ServiceError> {
        let cell = self.cell(group).await?;
        let list =
            |engine: &mut Engine| Ok(KnockList { received: engine.desk_view()?, mine: engine.knock_view()? });
        Ok(cell.engine.read(list).await?)
    }

    /// One knock.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn knock_show(&self, knock: &str) -> Result<Knock, ServiceError> {
        let (cell, named) = self.find_knock(knock).await?;
        shown(&cell, named).await
    }

    /// Says something to who knocked, or, of my own knock, to those inside.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::BadWords`].
    pub async fn knock_say(&self, knock: &str, text: String) -> Result<Knock, ServiceError> {
        text::words("text", &text, limits::KNOCK)?;
        let (cell, named) = self.find_knock(knock).await?;
        match named {
            Named::Join(_) => return Err(nothing_to_say()),
            Named::Received(name) => {
                cell.engine.write(move |engine| engine.say_at_the_door(&name, text)).await?;
            }
            Named::Mine => cell.engine.write(move |engine| engine.knock_further(text)).await?,
        }
        shown(&cell, named).await
    }

    /// Lets somebody in.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::NotAllowed`].
    pub async fn knock_admit(&self, knock: &str) -> Result<Knock, ServiceError> {
        let (cell, named) = self.find_knock(knock).await?;
        let admit = move |engine: &mut Engine| match named {
            Named::Received(name) => engine.let_knock_in(&name),
            Named::Join(join) => engine.let_join_in(&join),
            Named::Mine => Err(crate::cell::CellError::NotMine),
        };
        cell.engine.write(admit).await?;
        shown(&cell, named).await
    }

    /// Tells somebody that they are not let in, and why.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::NotAllowed`], [`Code::BadWords`].
    pub async fn knock_decline(&self, knock: &str, reason: String) -> Result<Knock, ServiceError> {
        let (cell, named) = self.find_knock(knock).await?;
        let reason = text::reason(&reason)?;
        let Named::Received(name) = named else { return Err(nothing_to_say()) };
        cell.engine.write(move |engine| engine.decline(&name, reason)).await?;
        shown(&cell, named).await
    }

    async fn find_knock(&self, given: &str) -> Result<(Cell, Named), ServiceError> {
        let mut found = Vec::new();
        for cell in self.cells()?.values() {
            let names = |engine: &mut Engine| {
                Ok((engine.desk_names()?, engine.disputed_joins(), engine.knock_name()?))
            };
            let (desk, joins, mine) = cell.engine.read(names).await?;
            let mut add = |id: String, named| found.push((id, None, (cell.clone(), named)));
            desk.into_iter().for_each(|name| add(hex::encode(name), Named::Received(name)));
            joins.into_iter().for_each(|join| add(join.to_string(), Named::Join(join)));
            mine.into_iter().for_each(|name| add(hex::encode(name), Named::Mine));
        }
        resolve::one(Thing::Knock, given, found)
    }
}

/// A join that is in the group is not answered at the door: whoever made it waits for nothing but to be let in.
fn nothing_to_say() -> ServiceError {
    ServiceError::new(
        Code::NotAllowed,
        "This person came on an invite that more people used than it is for, and can be told nothing here.",
        "Let them in with \"kith knock admit\", or leave it.",
    )
}

async fn shown(cell: &Cell, named: Named) -> Result<Knock, ServiceError> {
    let show = move |engine: &mut Engine| {
        let id = match named {
            Named::Received(name) => hex::encode(name),
            Named::Join(join) => join.to_string(),
            Named::Mine => return Ok(Knock { received: None, mine: engine.knock_view()? }),
        };
        let received = engine.desk_view()?.into_iter().find(|one| one.knock == id);
        Ok(Knock { received, mine: None })
    };
    Ok(cell.engine.read(show).await?)
}
