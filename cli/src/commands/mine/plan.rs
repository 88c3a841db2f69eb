//! The written form of a plan: six headings, and what stands under each.

use kith_node::api::types::Plan;

use crate::plain;

/// A step's part of a plan.
type Part = fn(&mut Plan) -> &mut String;

const STEPS: [(&str, Part); 6] = [
    ("1. How I notice that it is getting hard", |plan| &mut plan.signs),
    ("2. What I can do alone", |plan| &mut plan.alone),
    ("3. People and places that take my mind off it", |plan| &mut plan.places),
    ("4. People I can ask for help", |plan| &mut plan.people),
    ("5. Services and numbers", |plan| &mut plan.services),
    ("6. Making the place around me safer", |plan| &mut plan.surroundings),
];

/// As it is edited, read and printed.
pub fn written(plan: &Plan) -> String {
    let mut plan = plan.clone();
    let step = |(heading, part): (&str, Part)| {
        let text = part(&mut plan).trim_end().to_owned();
        if text.is_empty() { format!("## {heading}\n\n") } else { format!("## {heading}\n{text}\n\n") }
    };
    STEPS.map(step).concat()
}

/// As it is shown at a terminal.
pub fn shown(plan: &Plan) -> String {
    plain::block(&written(plan)).into_owned()
}

/// What somebody wrote under the headings, each known by its number; what stands before the first is let be.
pub fn parse(text: &str) -> Plan {
    let mut plan = Plan::default();
    let mut current: Option<Part> = None;
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            let number = heading.chars().next();
            current =
                STEPS.into_iter().find(|(known, _)| known.chars().next() == number).map(|(_, part)| part);
        } else if let Some(part) = current {
            let step = part(&mut plan);
            step.push_str(line);
            step.push('\n');
        }
    }
    for (_, part) in STEPS {
        let step = part(&mut plan);
        *step = step.trim().to_owned();
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_read_as_it_is_written() {
        let plan = Plan { signs: "no sleep\nno calls".into(), people: "Jo".into(), ..Plan::default() };
        assert_eq!(parse(&written(&plan)), plan);
        assert_eq!(parse("before\n## 4. whatever\n Jo \n"), Plan { people: "Jo".into(), ..Plan::default() });
    }
}
