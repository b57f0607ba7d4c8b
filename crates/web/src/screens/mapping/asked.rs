//! What the form of a mapping asks, and the mapping that its answers are.

use crate::ask::Ask;
use crate::parts::Button;
use crate::parts::field::{Choice, Field, Input, field};
use maud::{Markup, html};
use watchkeep_ingest::mapping::Found;
use watchkeep_model::Refusal;
use watchkeep_model::event::Mapping;
use watchkeep_model::event::mapping::{PICKS, TimeForm};

/// Columns that a field may serve, by the word of the mapping.
const COLUMNS: [(&str, &str); 7] = [
    ("host", "Host"),
    ("user", "User"),
    ("src_ip", "From address"),
    ("dst_ip", "To address"),
    ("process", "Program"),
    ("code", "Code"),
    ("message", "Message"),
];

/// Names under which the rules for doors and alarms look, what a panel may call them, and their labels.
const PANELS: [(&str, &str, &[&str]); 6] = [
    ("site", "Site", &["site", "location", "building", "ort", "standort", "lieu"]),
    ("door", "Door", &["door", "reader", "portal", "entrance", "tuer", "tür", "porte"]),
    ("holder", "Card holder", &["holder", "cardholder", "person", "user", "name", "inhaber", "titulaire"]),
    ("result", "Result", &["result", "outcome", "access", "decision", "status", "ergebnis", "resultat"]),
    ("alarm", "Alarm", &["alarm", "alarm_type", "event", "ereignis", "alarme"]),
    ("zone", "Zone", &["zone", "area", "sector", "bereich", "secteur"]),
];

const FORMS: [Choice<'static>; 7] = [
    ("usual", "as logs usually write it"),
    ("iso", "2026-03-09 17:30:00 (ISO 8601)"),
    ("s", "seconds since 1970"),
    ("ms", "milliseconds since 1970"),
    ("us", "microseconds since 1970"),
    ("ns", "nanoseconds since 1970"),
    ("pattern", "by a pattern"),
];

/// The answers, by the name of their input.
pub(super) struct Asked {
    pub sample: String,
    answers: Vec<(String, String)>,
}

impl Asked {
    /// What a mapping that is kept answers.
    pub fn of(mapping: &Mapping, sample: String) -> Self {
        let mut answers = Vec::new();
        let mut put = |name: &str, value: &str| answers.push((name.to_owned(), value.to_owned()));
        if let Some(time) = &mapping.time {
            put("time", &time.field);
            match &time.form {
                TimeForm::Pattern(pattern) => {
                    put("form", "pattern");
                    put("pattern", pattern);
                }
                form => put("form", &form.to_string()),
            }
            put("zone", time.zone.as_ref().and_then(|zone| zone.iana_name()).unwrap_or_default());
        }
        for (pick, from) in &mapping.picks {
            PICKS.iter().filter(|(_, known)| known == pick).for_each(|(word, _)| put(word, from));
        }
        put("columns", &mapping.columns.join(", "));
        for (word, value) in
            [("product", &mapping.log.product), ("category", &mapping.log.category), ("service", &mapping.log.service)]
        {
            put(word, value.as_deref().unwrap_or_default());
        }
        let mut others = String::new();
        for (new, old) in &mapping.names {
            match PANELS.iter().find(|(word, ..)| *word == &**new) {
                Some((word, ..)) => put(&format!("panel-{word}"), old),
                None => others.push_str(&format!("{new} = {old}\n")),
            }
        }
        put("names", &others);
        Self { sample, answers }
    }

    /// What was sent.
    pub fn sent(ask: &Ask) -> Self {
        let plain = |text: &str| text.replace('\r', "");
        let sample = ask.form("sample").map(plain).unwrap_or_default();
        Self { sample, answers: ask.form_fields().iter().map(|(name, value)| (name.clone(), plain(value))).collect() }
    }

    fn answer(&self, name: &str) -> &str {
        self.answers.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value.trim())
    }

    /// Picks for doors and alarms what is called as panels usually do, where nothing is picked yet.
    pub fn take_usual_names(&mut self, found: &[Found]) {
        for (word, _, usual) in PANELS {
            let name = format!("panel-{word}");
            let like = found.iter().find(|found| usual.contains(&found.name.to_lowercase().as_str()));
            if let Some(like) = like.filter(|_| self.answer(&name).is_empty()) {
                self.answers.retain(|(own, _)| *own != name);
                self.answers.push((name, like.name.to_string()));
            }
        }
    }

    /// The mapping that the answers are.
    ///
    /// # Errors
    /// What no mapping can say, with its reason.
    pub fn mapping(&self) -> Result<Mapping, Refusal> {
        let mut lines = Vec::new();
        let mut line = |word: &str, value: &str| {
            if !value.is_empty() {
                lines.push(format!("{word} = {}", value.replace('\n', " ")));
            }
        };
        line("columns", self.answer("columns"));
        if !self.answer("time").is_empty() {
            line("time", self.answer("time"));
            match self.answer("form") {
                "pattern" if self.answer("pattern").is_empty() => {
                    return Err(Refusal::invalid("write the pattern of the time, such as %d.%m.%Y %H:%M:%S"));
                }
                "pattern" => line("time.form", self.answer("pattern")),
                form => line("time.form", form),
            }
            line("time.zone", self.answer("zone"));
        }
        COLUMNS.iter().for_each(|(word, _)| line(word, self.answer(word)));
        for word in ["product", "category", "service"] {
            line(&format!("log.{word}"), self.answer(word));
        }
        for (word, ..) in PANELS {
            let old = self.answer(&format!("panel-{word}"));
            if old != word {
                line(&format!("name.{word}"), old);
            }
        }
        for pair in self.answer("names").lines().map(str::trim).filter(|pair| !pair.is_empty()) {
            let (new, old) = pair.split_once('=').ok_or_else(|| {
                Refusal::invalid(format!("`{pair}` names no field; write each as `new name = field`"))
            })?;
            line(&format!("name.{}", new.trim()), old.trim());
        }
        lines.join("\n").parse::<Mapping>().map_err(|error| {
            let words = error.to_string();
            let told = words.split_once(": ").filter(|(start, _)| start.starts_with("line ")).map(|(_, told)| told);
            Refusal::invalid(told.unwrap_or(&words))
        })
    }

    /// The inputs, with the fields of the sample to pick from.
    pub fn inputs(&self, found: &[Found], nameless: bool) -> Markup {
        let pick = |name: &str, label: &str, none: &'static str| {
            let value = self.answer(name);
            let mut options: Vec<Choice<'_>> = vec![("", none)];
            options.extend(found.iter().map(|found| (&*found.name, &*found.name)));
            if !value.is_empty() && options.iter().all(|(known, _)| *known != value) {
                options.push((value, value));
            }
            field(&Field {
                name,
                label,
                help: "",
                error: None,
                required: false,
                input: Input::Choice { value, options: &options },
            })
        };
        let text = |name: &str, label: &str, help: &str, max: u32| {
            let input = Input::Text { value: self.answer(name), max: Some(max) };
            field(&Field { name, label, help, error: None, required: false, input })
        };
        let usual = "found by itself";
        let named = PANELS.iter().any(|(word, ..)| !self.answer(&format!("panel-{word}")).is_empty());
        let help = "A few lines of JSON or CSV as the source sends them. Nothing is taken in.";
        let sample = Input::Lines { value: &self.sample, code: true };
        html! {
            (field(&Field { name: "sample", label: "Sample", help, error: None, required: false, input: sample }))
            div .row .wide { (Button::submit_as("Read the sample", "act", "read").key('r')) }
            @if nameless || !self.answer("columns").is_empty() {
                div .wide { (text("columns", "Columns", "Names of the cells of lines without header, with commas between.", 2_000)) }
            }
            (pick("time", "Time", usual))
            (field(&Field { name: "form", label: "Written", help: "", error: None, required: false, input: Input::Choice { value: self.answer("form"), options: &FORMS } }))
            (text("pattern", "Pattern", "Such as %d.%m.%Y %H:%M:%S", 100))
            (text("zone", "Zone of local times", "Such as Europe/Berlin; UTC if left empty.", 60))
            @for (name, label) in COLUMNS { (pick(name, label, usual)) }
            fieldset .wide {
                legend { "Kind of log, in Sigma's words" }
                div .form-row { (text("product", "Product", "", 60)) (text("category", "Category", "", 60)) (text("service", "Service", "", 60)) }
            }
            details .wide open[named] {
                summary { "Doors and alarms" }
                p .sub { "Names under which the rules for doors and alarms look. " }
                div .row { (Button::submit_as("Pick by usual names", "act", "panel").small()) }
                div .form-row { @for (word, label, _) in PANELS { (pick(&format!("panel-{word}"), label, "none")) } }
            }
            (field(&Field { name: "names", label: "Other names", help: "One a line, as `new name = field`.", error: None, required: false, input: Input::Lines { value: self.answer("names"), code: true } }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answers_of_a_mapping_are_that_mapping() {
        for text in [
            "",
            "time = t\n",
            "columns = a, b\ntime = t\ntime.form = %d.%m.%Y %H:%M:%S\ntime.zone = Europe/Berlin\nhost = h\nmessage = m\nlog.product = physical\nname.door = tuer\nname.x = y\n",
        ] {
            let mapping: Mapping = text.parse().expect(text);
            let again = Asked::of(&mapping, String::new()).mapping().expect(text);
            assert_eq!((again.to_string().as_str(), again), (text, mapping), "{text}");
        }
    }
}
