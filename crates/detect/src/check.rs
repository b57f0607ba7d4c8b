//! Reasons to refuse a rule that the evaluator would accept but not answer truthfully.

use rsigma_parser::{Detection, DetectionItem, Detections, FilterRule, Modifier};

/// Why `found`, the detection of a rule or a filter, must not be evaluated, or `None` when it may.
pub(crate) fn refusal(found: &Detections) -> Option<String> {
    if found.timeframe.is_some() {
        return Some(
            "it counts over a timeframe, which single-event detection cannot; write a correlation rule".to_owned(),
        );
    }
    let mut named: Vec<_> = found.named.iter().collect();
    named.sort_unstable_by_key(|(name, _)| *name);
    named.into_iter().find_map(|(name, detection)| refuse_detection(name, detection))
}

/// Why `filter` must not be applied, or `None` when it may.
pub(crate) fn refuse_filter(filter: &FilterRule) -> Option<String> {
    if filter.logsource.is_none() {
        return Some("it names no log source; write `logsource`, such as `product: windows`".to_owned());
    }
    if filter.detection.named.is_empty() {
        return Some("it selects nothing; write a `selection` beside its `condition`".to_owned());
    }
    refusal(&filter.detection)
}

fn refuse_detection(name: &str, detection: &Detection) -> Option<String> {
    match detection {
        Detection::AllOf(items) => items.iter().find_map(|item| refuse_item(name, item)),
        Detection::AnyOf(parts) | Detection::And(parts) => parts.iter().find_map(|part| refuse_detection(name, part)),
        Detection::Keywords(_) => None,
        Detection::ArrayMatch { field, .. } => {
            Some(format!("`{name}` matches inside the array `{field}`, which flat events do not keep"))
        }
        Detection::Conditional { .. } => Some(format!("`{name}` has a condition of its own, which is not evaluated")),
    }
}

fn refuse_item(name: &str, item: &DetectionItem) -> Option<String> {
    let field = item.field.name.as_deref().unwrap_or("keywords");
    item.field
        .has_modifier(Modifier::Expand)
        .then(|| format!("placeholder in `{name}.{field}` is not filled in; replace the `expand` value by your own"))
}
