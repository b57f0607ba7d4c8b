//! Every kind of input, as the design page shows them.

use maud::{Markup, html};

use crate::htmx;
use crate::parts::field::{ChildRow, Field, Input, children, field};
use crate::parts::{Button, panel};

const PLAIN: Field<'_> =
    Field { name: "", label: "", help: "", error: None, required: false, input: Input::Flag { on: false } };

/// The form with one field of each kind.
pub fn form(csrf: &str) -> Markup {
    let severities = &[("low", "low"), ("medium", "medium"), ("high", "high"), ("critical", "critical")];
    let all = [
        Field {
            name: "title",
            label: "Title",
            help: "Cause, event and effect in one sentence.",
            required: true,
            input: Input::Text { value: "Payroll provider outage", max: Some(200) },
            ..PLAIN
        },
        Field {
            name: "severity",
            label: "Severity",
            required: true,
            input: Input::Choice { value: "high", options: severities },
            ..PLAIN
        },
        Field {
            name: "frequency",
            label: "Events per year",
            help: "0.1 is once in ten years.",
            error: Some("-1 is below 0; use 0 to 1000"),
            input: Input::Number { value: "-1", min: Some(0.0), max: Some(1000.0) },
            ..PLAIN
        },
        Field {
            name: "loss",
            label: "Loss from one event",
            input: Input::Money { amount: "120000.00", currency: "EUR", currencies: &["EUR", "USD", "CHF"] },
            ..PLAIN
        },
        Field { name: "due", label: "Due", input: Input::Date { value: "2026-03-09" }, ..PLAIN },
        Field { name: "seen", label: "First seen", input: Input::Instant { value: "2026-03-03T08:02" }, ..PLAIN },
        Field {
            name: "window",
            label: "Window",
            help: "Such as 15min, 4h or 14d.",
            input: Input::Duration { value: "1h 30min" },
            ..PLAIN
        },
        Field {
            name: "owner",
            label: "Owner",
            input: Input::Reference { source: "/pick/person", value: "", label: "" },
            ..PLAIN
        },
        Field {
            name: "assets",
            label: "Assets",
            input: Input::References { source: "/pick/asset", chosen: &[("1", "srv-file-01"), ("2", "ws-0417")] },
            ..PLAIN
        },
        Field {
            name: "sites",
            label: "Sites",
            input: Input::Choices {
                values: &["lyon"],
                options: &[("berlin", "Berlin"), ("lyon", "Lyon"), ("gdansk", "Gdansk")],
            },
            ..PLAIN
        },
        Field {
            name: "exercise",
            label: "This is an exercise",
            help: "Marked so everywhere; never counted.",
            input: Input::Flag { on: true },
            ..PLAIN
        },
        Field {
            name: "plan",
            label: "Plan",
            help: "Markdown.",
            input: Input::Lines { value: "Second provider for the salary run.", code: false },
            ..PLAIN
        },
        Field { name: "report", label: "Report", input: Input::File { accept: ".pdf,.csv" }, ..PLAIN },
    ];
    let body = html! {
        div .form {
            @for each in &all { (field(each)) }
            (children("Milestones", "In the order they are due.", &[milestone("milestones[0]", "Contract signed", "2026-02-01"), milestone("milestones[1]", "First salary run", "2026-04-30")].map(ChildFields::row), &milestone("milestones[]", "", "").row()))
            div .save { (Button::submit("Save").key('w')) (Button::link("Cancel", "#cancel")) span .sub { kbd { "Ctrl Enter" } " saves" } }
        }
    };
    panel::padded("A risk", &html! { span .id { "RSK-142" } }, &htmx::form("#save", csrf, None, &body))
}

/// The one field of the dialog that saves a view.
pub fn view_name() -> Markup {
    field(&Field {
        name: "view",
        label: "Name",
        help: "Shown in your list of views.",
        required: true,
        input: Input::Text { value: "", max: Some(60) },
        ..PLAIN
    })
}

struct ChildFields {
    names: &'static [&'static str; 2],
    values: [&'static str; 2],
}

impl ChildFields {
    fn row(self) -> ChildRow<'static> {
        let [what, due] = self.names;
        let [words, day] = self.values;
        ChildRow {
            fields: vec![
                Field { name: what, label: "What", input: Input::Text { value: words, max: None }, ..PLAIN },
                Field { name: due, label: "Due", input: Input::Date { value: day }, ..PLAIN },
            ],
        }
    }
}

fn milestone(place: &str, words: &'static str, day: &'static str) -> ChildFields {
    let names = match place {
        "milestones[0]" => &["milestones[0].what", "milestones[0].due"],
        "milestones[1]" => &["milestones[1].what", "milestones[1].due"],
        _ => &["milestones[].what", "milestones[].due"],
    };
    ChildFields { names, values: [words, day] }
}
