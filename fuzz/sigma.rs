//! Sigma rules: any YAML is a rule in force or a refusal with its reason; either way events are judged.

use crate::{Numbers, mutate, now, root, rounds};
use watchkeep_detect::{RuleFile, RuleSet, State, starter_rules};
use watchkeep_ingest::json_lines::{Form, Reader};
use watchkeep_ingest::{Source, folder};

const LETTERS: &[u8] = b":-|*&!#[]{}\"'\n \t%\\\xff1";

#[test]
fn any_text_is_a_rule_or_a_refusal_with_its_reason() {
    let mut samples: Vec<String> = starter_rules().into_iter().map(|file| file.text).collect();
    if let Ok(public) = folder::yaml_texts(&root().join("../shared/data/detection/sigma-rules")) {
        samples.extend(public.into_iter().step_by(40).map(|(_, text)| text));
    }
    samples.push(format!("title: deep\ndetection: {}{}", "[".repeat(5_000), "]".repeat(5_000)));
    samples.push(format!("a: &a [x]\n{}", (0..40).map(|n| format!("b{n}: &b{n} [*a, *a]\n")).collect::<String>()));
    let mut numbers = Numbers(0x5eed_0040);
    let mut reader = Reader::new(Source::named("s"), Form::OnlyJson);
    let line = r#"{"EventID":4624,"Channel":"Security","host":"h","Image":"C:\\a.exe","CommandLine":"whoami /all"}"#;
    let event = reader.line(line.into(), 1, now()).expect("an event");
    let (mut live, mut refused) = (0, 0);
    for round in 0..rounds(1_200) {
        let text = mutate(samples[round % samples.len()].as_bytes(), LETTERS, &mut numbers);
        let text = String::from_utf8_lossy(&text).into_owned();
        let (set, infos) = RuleSet::load([RuleFile { path: "rules/x.yml".to_owned(), text }]);
        assert!(!infos.is_empty(), "a file is never dropped silently");
        for info in infos {
            match info.state {
                State::Live => live += 1,
                State::Refused(why) | State::Waits(why) => {
                    refused += 1;
                    assert!(!why.is_empty());
                }
            }
        }
        drop(set.evaluate(&event));
    }
    assert!(live > 100 && refused > 100, "{live} live, {refused} refused");
}
