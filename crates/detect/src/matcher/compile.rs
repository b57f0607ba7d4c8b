//! From a parsed rule to tests. Which comparison a modifier means is the parser's lowering; what is compared, and how,
//! is decided here.

use super::encode::{base64, base64_offsets, utf16};
use super::moment::Part;
use super::names::Names;
use super::net::Net;
use super::shape::{Kind, Shape};
use super::test::{Detection, Expr, Item, Order, Test, When};
use super::text::{Case, Place, Text, Texts};
use rsigma_ir::lower::{LowerOptions, lower_condition, lower_detection};
use rsigma_ir::{IrCondition, IrDetection, IrDetectionItem, IrEncoding, IrMatcher, IrNumber, IrStrOp, IrTimePart};
use rsigma_parser::{Detections, Quantifier};

/// Makes the detection of a rule or a filter ready.
///
/// # Errors
/// Why it cannot be evaluated, for the person who wrote it.
pub(crate) fn compile(found: &Detections, names: &mut Names) -> Result<When, String> {
    let mut words: Vec<String> = found.named.keys().cloned().collect();
    words.sort_unstable();
    let options = LowerOptions::default();
    let mut selections = Vec::with_capacity(words.len());
    for word in &words {
        if let Some(detection) = found.named.get(word) {
            let lowered = lower_detection(detection, &options).map_err(|error| error.to_string())?;
            selections.push((word.as_str().into(), compile_detection(lowered, names)?));
        }
    }
    let conditions = found.conditions.iter().map(|condition| {
        let lowered = lower_condition(condition, &words).map_err(|error| error.to_string())?;
        Ok(compile_condition(&lowered, &words))
    });
    let conditions = conditions.collect::<Result<Box<[Expr]>, String>>()?;
    Ok(When { selections: selections.into(), conditions })
}

fn compile_condition(condition: &IrCondition, words: &[String]) -> Expr {
    let all = |parts: &[IrCondition]| parts.iter().map(|part| compile_condition(part, words)).collect();
    match condition {
        IrCondition::Detection(name) => match words.iter().position(|word| word == name) {
            Some(at) => Expr::Selection(at),
            None => Expr::Or(Box::default()),
        },
        IrCondition::And(parts) => Expr::And(all(parts)),
        IrCondition::Or(parts) => Expr::Or(all(parts)),
        IrCondition::Not(part) => Expr::Not(Box::new(compile_condition(part, words))),
        IrCondition::Selector { quantifier, pattern } => {
            let fits = words.iter().enumerate().filter(|(_, word)| pattern.matches_detection_name(word));
            let of: Box<[usize]> = fits.map(|(at, _)| at).collect();
            let wanted = match quantifier {
                Quantifier::Any => 1,
                Quantifier::All => of.len(),
                Quantifier::Count(count) => usize::try_from(*count).unwrap_or(usize::MAX),
            };
            Expr::Of(wanted, of)
        }
    }
}

fn compile_detection(detection: IrDetection, names: &mut Names) -> Result<Detection, String> {
    let mut all = |parts: Vec<IrDetection>| -> Result<Box<[Detection]>, String> {
        parts.into_iter().map(|part| compile_detection(part, names)).collect()
    };
    Ok(match detection {
        IrDetection::AnyOf(parts) => Detection::Any(all(parts)?),
        IrDetection::And(parts) => Detection::All(all(parts)?),
        IrDetection::AllOf(items) => {
            Detection::Items(items.into_iter().map(|item| compile_item(item, names)).collect::<Result<_, _>>()?)
        }
        IrDetection::Keywords(matcher) => Detection::Keywords(compile_test(matcher, names)?),
        IrDetection::ArrayMatch { .. } | IrDetection::Conditional { .. } => {
            return Err("it matches inside arrays, which flat events do not keep".to_owned());
        }
    })
}

fn compile_item(item: IrDetectionItem, names: &mut Names) -> Result<Item, String> {
    let field = item.field.as_deref().map(|name| names.add(name));
    let test = match item.exists {
        Some(wanted) => Test::Exists(wanted),
        None => compile_test(item.matcher, names)?,
    };
    Ok(Item { field, test })
}

fn compile_test(matcher: IrMatcher, names: &mut Names) -> Result<Test, String> {
    let mut all = |matchers: Vec<IrMatcher>| -> Result<Vec<Test>, String> {
        matchers.into_iter().map(|matcher| compile_test(matcher, names)).collect()
    };
    Ok(match matcher {
        IrMatcher::AnyOf(matchers) => any(all(matchers)?),
        IrMatcher::AllOf(matchers) => Test::All(all(matchers)?.into()),
        IrMatcher::Not(matcher) => Test::Not(Box::new(compile_test(*matcher, names)?)),
        IrMatcher::Str { op, pattern, case_insensitive } => {
            let (place, case) = (place(op), case(case_insensitive));
            match pattern.as_plain() {
                Some(text) => Test::Text(Text::new(place, case, &text)),
                None => Test::Shape(Box::new(Shape::wildcards(place, case, &pattern.parts))),
            }
        }
        IrMatcher::Encoded { encodings, op, value, case_insensitive } => {
            encoded(&encodings, place(op), case(case_insensitive), &value)
        }
        IrMatcher::Regex { pattern, case_insensitive, multiline, dotall, .. } => {
            let flags = [(case_insensitive, 'i'), (multiline, 'm'), (dotall, 's')];
            let flags: String = flags.iter().filter(|(set, _)| *set).map(|(_, flag)| *flag).collect();
            let source = if flags.is_empty() { pattern } else { format!("(?{flags}){pattern}") };
            Test::Shape(Box::new(Shape::expression(&source)?))
        }
        IrMatcher::Cidr { network } => Test::Net(Net::parse(&network)?),
        IrMatcher::NumericEq(number) => Test::Number(Order::Equal, literal(number)?),
        IrMatcher::NumericGt(number) => Test::Number(Order::Above, literal(number)?),
        IrMatcher::NumericGte(number) => Test::Number(Order::AtLeast, literal(number)?),
        IrMatcher::NumericLt(number) => Test::Number(Order::Below, literal(number)?),
        IrMatcher::NumericLte(number) => Test::Number(Order::AtMost, literal(number)?),
        IrMatcher::Exists(wanted) => Test::Exists(wanted),
        IrMatcher::FieldRef { field, op, case_insensitive } => {
            Test::Field { field: names.add(&field), place: place(op), case: case(case_insensitive) }
        }
        IrMatcher::Null => Test::Null,
        IrMatcher::BoolEq(wanted) => Test::Truth(wanted),
        IrMatcher::TimestampPart { part, inner } => match *inner {
            IrMatcher::NumericEq(number) => Test::Time(time_part(part), literal(number)?),
            _ => return Err("a part of a time is compared with a number only".to_owned()),
        },
        IrMatcher::Expand { .. } => return Err("a placeholder is not filled in".to_owned()),
    })
}

/// The test of a value that is encoded first: UTF-16, then Base64; dashes stand for one another last of all.
fn encoded(encodings: &[IrEncoding], place: Place, case: Case, value: &str) -> Test {
    let mut bytes = value.as_bytes().to_vec();
    for encoding in encodings {
        match encoding {
            IrEncoding::Wide => bytes = utf16(value, u16::to_le_bytes),
            IrEncoding::Utf16Be => bytes = utf16(value, u16::to_be_bytes),
            IrEncoding::Utf16 => bytes = [vec![0xff, 0xfe], utf16(value, u16::to_le_bytes)].concat(),
            IrEncoding::Base64 => return Test::Text(Text::new(place, case, &base64(&bytes))),
            IrEncoding::Base64Offset => {
                let texts = base64_offsets(&bytes);
                return Test::Any(texts.iter().map(|text| Test::Text(Text::new(Place::Inside, case, text))).collect());
            }
            IrEncoding::Windash => return Test::Shape(Box::new(Shape::dashes(Text::new(place, case, value)))),
        }
    }
    Test::Text(Text::new(place, case, value))
}

/// From how many on texts are looked for together.
const MANY_TEXTS: usize = 8;
/// Expressions that count as one, from so many on.
const MANY_EXPRESSIONS: usize = 3;

/// Any of several tests, kinds together: that is the order in which a match lists them. Expressions among nothing but
/// texts without case are held against the value in lower case, as the texts are.
fn any(mut tests: Vec<Test>) -> Test {
    if tests.len() > 2 {
        tests.sort_by_key(kind);
        let expressions = tests.iter().filter(|test| is_expression(test)).count();
        tests = gather(tests);
        if expressions >= MANY_EXPRESSIONS && tests.len() == expressions {
            return Test::Any(tests.into());
        }
    }
    if tests.len() == 1 {
        return tests.remove(0);
    }
    if tests.iter().all(folded) {
        for test in &mut tests {
            if let Test::Shape(shape) = test {
                shape.on = Case::Folded;
            }
        }
    }
    Test::Any(tests.into())
}

/// Puts neighbours that look for texts at the same place together, where they are many.
fn gather(tests: Vec<Test>) -> Vec<Test> {
    let mut gathered = Vec::with_capacity(tests.len());
    let mut run: Vec<Text> = Vec::new();
    for test in tests {
        match test {
            Test::Text(text) => {
                if run.first().is_some_and(|first| (first.place, first.case) != (text.place, text.case)) {
                    end_run(&mut run, &mut gathered);
                }
                run.push(text);
            }
            other => {
                end_run(&mut run, &mut gathered);
                gathered.push(other);
            }
        }
    }
    end_run(&mut run, &mut gathered);
    gathered
}

fn end_run(run: &mut Vec<Text>, gathered: &mut Vec<Test>) {
    match run.first().map(|first| (first.place, first.case)) {
        Some((place, case)) if run.len() >= MANY_TEXTS => {
            let texts = run.drain(..).map(|text| text.text).collect();
            gathered.push(Test::Texts(Box::new(Texts::new(place, case, texts))));
        }
        _ => gathered.extend(run.drain(..).map(Test::Text)),
    }
}

/// Texts inside a value, regardless of case or not; expressions; everything else.
fn kind(test: &Test) -> u8 {
    match test {
        Test::Text(Text { place: Place::Inside, case: Case::Folded, .. }) => 0,
        Test::Text(Text { place: Place::Inside, case: Case::Kept, .. }) => 1,
        _ if is_expression(test) => 2,
        _ => 3,
    }
}

fn is_expression(test: &Test) -> bool {
    matches!(test, Test::Shape(shape) if !matches!(shape.kind, Kind::Dashes(_)))
}

/// Whether case counts nowhere in `test`.
fn folded(test: &Test) -> bool {
    match test {
        Test::Text(text) => text.case == Case::Folded,
        Test::Texts(texts) => texts.case == Case::Folded,
        Test::Shape(shape) => match &shape.kind {
            Kind::Dashes(text) => text.case == Case::Folded,
            Kind::Expression | Kind::Wildcards => ignores_case(&shape.source),
        },
        Test::Not(test) => folded(test),
        Test::Any(tests) | Test::All(tests) => tests.iter().all(folded),
        _ => false,
    }
}

/// Whether an expression begins with a flag to ignore case.
fn ignores_case(source: &str) -> bool {
    let flags = source.strip_prefix("(?").unwrap_or_default();
    let set = flags.bytes().take_while(u8::is_ascii_alphabetic);
    source.len() >= 4 && set.into_iter().any(|flag| flag == b'i')
}

fn place(op: IrStrOp) -> Place {
    match op {
        IrStrOp::Exact => Place::Whole,
        IrStrOp::Contains => Place::Inside,
        IrStrOp::StartsWith => Place::Start,
        IrStrOp::EndsWith => Place::End,
    }
}

fn case(insensitive: bool) -> Case {
    if insensitive { Case::Folded } else { Case::Kept }
}

fn time_part(part: IrTimePart) -> Part {
    match part {
        IrTimePart::Minute => Part::Minute,
        IrTimePart::Hour => Part::Hour,
        IrTimePart::Day => Part::Day,
        IrTimePart::Week => Part::Week,
        IrTimePart::Month => Part::Month,
        IrTimePart::Year => Part::Year,
    }
}

fn literal(number: IrNumber) -> Result<f64, String> {
    match number {
        IrNumber::Literal(number) => Ok(number),
        IrNumber::DynamicSourceRef { source_id, .. } => Err(format!("it takes a number from the source `{source_id}`")),
    }
}
