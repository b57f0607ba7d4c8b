//! Text of a control: its parts in order with their labels, and parameters put where the prose inserts them.

use crate::catalog::{Control, Param, Part, label};
use std::collections::HashMap;
use std::fmt::Write as _;

/// Parameters insert one another at most so deep; a circle ends there.
const DEPTH: usize = 6;

/// Every parameter of a catalog by its id.
pub type Params<'a> = HashMap<&'a str, &'a Param>;

/// What a control asks for, and below it its guidance, as Markdown.
pub fn text(control: &Control, params: &Params<'_>) -> String {
    let mut out = String::new();
    for part in control.parts.iter().filter(|part| part.name == "statement") {
        write_part(part, params, 0, &mut out);
    }
    let others = |part: &&Part| matches!(part.name.as_str(), "overview" | "example" | "examples" | "guidance");
    for part in control.parts.iter().filter(others) {
        let mut inner = String::new();
        write_part(part, params, 0, &mut inner);
        if inner.trim().is_empty() {
            continue;
        }
        if part.name != "overview" {
            let mut name = part.title.clone().unwrap_or_else(|| part.name.clone());
            if let Some(first) = name.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            let _ = write!(out, "\n{name}: ");
        }
        out.push_str(&inner);
    }
    out.trim().to_owned()
}

fn write_part(part: &Part, params: &Params<'_>, depth: usize, out: &mut String) {
    let prose = part.prose.as_deref().map(str::trim).filter(|prose| !prose.is_empty());
    if let Some(prose) = prose {
        for _ in 0..depth {
            out.push_str("  ");
        }
        if let Some(label) = label(&part.props) {
            out.push_str(label);
            out.push(' ');
        }
        out.push_str(&filled(prose, params, DEPTH));
        out.push('\n');
    }
    for inner in &part.parts {
        write_part(inner, params, depth + usize::from(prose.is_some()), out);
    }
}

/// Prose with every `{{ insert: param, id }}` (also written `{{ id }}`) filled in. An unknown one stays as it is.
pub fn filled(prose: &str, params: &Params<'_>, depth: usize) -> String {
    let mut out = String::with_capacity(prose.len());
    let mut rest = prose;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((inside, next)) = after.split_once("}}") else {
            out.push_str("{{");
            out.push_str(after);
            return out;
        };
        let named = inside.trim();
        let id = named.strip_prefix("insert:").map_or(Some(named), |rest| rest.trim().strip_prefix("param,"));
        match id.and_then(|id| params.get(id.trim())) {
            Some(param) => out.push_str(&shown(param, params, depth)),
            None => {
                let _ = write!(out, "{{{{{inside}}}}}");
            }
        }
        rest = next;
    }
    out.push_str(rest);
    out
}

/// A parameter as a reader meets it: its values, else what may be chosen or assigned, in brackets.
fn shown(param: &Param, params: &Params<'_>, depth: usize) -> String {
    let Some(depth) = depth.checked_sub(1) else { return format!("[{}]", param.id) };
    if !param.values.is_empty() {
        return param.values.iter().map(|value| filled(value, params, depth)).collect::<Vec<_>>().join(", ");
    }
    if let Some(select) = &param.select {
        let choices: Vec<String> = select.choice.iter().map(|choice| filled(choice, params, depth)).collect();
        let many = if select.how_many.as_deref() == Some("one-or-more") { " (one or more)" } else { "" };
        return format!("[Selection{many}: {}]", choices.join("; "));
    }
    format!("[Assignment: {}]", filled(param.label.as_deref().unwrap_or(&param.id), params, depth))
}
