//! Who may do what to every kind, and what every move needs, as tables that a person reads.

use crate::agreed::{agreed, table};
use std::collections::BTreeSet;
use watchkeep_model::access::Permissions;
use watchkeep_records::people::permission_words;
use watchkeep_tests::Office;

/// Letters of the cells, in their order.
const ACTIONS: [(&str, char); 8] = [
    ("create", 'c'),
    ("read", 'r'),
    ("update", 'u'),
    ("delete", 'd'),
    ("assign", 'a'),
    ("approve", 'p'),
    ("operate", 'o'),
    ("export", 'x'),
];

/// Events are no records, but permissions speak of them.
const BESIDE: [&str; 1] = ["event"];

/// Built-in roles as a fresh store holds them, in the order they are shipped.
fn roles(office: &Office) -> Vec<(String, Permissions)> {
    let stored =
        office.desk.all("role").expect("roles").into_iter().filter(|role| role.get("built_in").as_int() == Some(1));
    let held = |text: Option<&str>| Permissions::new(permission_words(text.unwrap_or_default()));
    stored.map(|role| (role.title().to_owned(), held(role.get("permissions").as_text()))).collect()
}

#[test]
fn built_in_roles_hold_what_the_table_says() {
    let office = Office::open();
    let roles = roles(&office);
    assert_eq!(roles.len(), watchkeep_records::builtin::ROLES.len());
    let mut rows = vec![["kind".to_owned()].into_iter().chain(roles.iter().map(|(name, _)| name.clone())).collect()];
    let kinds = office.desk.catalog().kinds().iter().map(|kind| kind.name);
    for kind in kinds.chain(BESIDE) {
        let cell = |held: &Permissions| -> String {
            ACTIONS.iter().map(|(action, letter)| if held.grants(kind, action) { *letter } else { '·' }).collect()
        };
        rows.push([kind.to_owned()].into_iter().chain(roles.iter().map(|(_, held)| cell(held))).collect());
    }
    let legend = ACTIONS.map(|(action, letter)| format!("{letter} {action}")).join(", ");
    let head =
        format!("# What the built-in roles hold on each kind: {legend}. Which records: what a scope tag shows.\n");
    agreed("rights.txt", &format!("{head}{}", table(&rows)));
}

/// A permission for a kind or an action that does not exist gives nothing and misleads its reader.
#[test]
fn built_in_roles_speak_of_kinds_and_actions_that_exist() {
    let office = Office::open();
    let kinds: BTreeSet<&str> = office.desk.catalog().kinds().iter().map(|kind| kind.name).chain(BESIDE).collect();
    let moves = office.desk.catalog().kinds().iter().flat_map(|kind| kind.moves).map(|act| act.action);
    let actions: BTreeSet<&str> = ACTIONS.iter().map(|(action, _)| *action).chain(moves).collect();
    for (role, held) in roles(&office) {
        for word in held.iter() {
            let (kind, action) = word.split_once(':').expect("kind:action");
            assert!(kind == "*" || kinds.contains(kind), "{role}: {word}: no such kind");
            assert!(action == "*" || actions.contains(action), "{role}: {word}: no such action");
        }
    }
}

#[test]
fn moves_need_what_the_table_says() {
    let office = Office::open();
    let roles = roles(&office);
    let mut rows = vec![["move", "from", "to", "needs", "asks", "held by"].map(str::to_owned).to_vec()];
    for kind in office.desk.catalog().kinds() {
        for act in kind.moves {
            let holders = roles.iter().filter(|(_, held)| held.grants(kind.name, act.action));
            rows.push(vec![
                format!("{}.{}", kind.name, act.name),
                act.from.join(" "),
                act.to.unwrap_or("stays").to_owned(),
                format!("{}:{}", kind.name, act.action),
                if act.asks.is_empty() { "nothing".to_owned() } else { act.asks.join(" ") },
                holders.map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", "),
            ]);
        }
    }
    agreed(
        "moves.txt",
        &format!(
            "# Every move: where it starts and ends, the permission it needs, what it asks for.\n{}",
            table(&rows)
        ),
    );
}
