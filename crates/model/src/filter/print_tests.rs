//! Printed queries read back the same.

use super::super::{
    Aggregate, Calc, CalcNode, FieldName, Function, Measure, Op, Pair, Pipe, Rank, Sign, SortKey, parse,
};
use super::*;
use proptest::prelude::*;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just("none".to_string()), Just("or".to_string()), "[a-z0-9.*-]{1,6}", "[ -~é\"]{0,8}"]
}

fn value() -> impl Strategy<Value = Value> {
    // A value that cannot stand bare comes back as a quoted one, so only quoted values hold arbitrary text.
    let bare = "[a-zA-Z0-9][a-zA-Z0-9.:*<>=+/-]{0,6}".prop_map(|text| Value { text, quoted: false, span: 0..0 });
    prop_oneof![bare, text().prop_map(|text| Value { text, quoted: true, span: 0..0 })]
}

fn term() -> impl Strategy<Value = Expr> {
    let path = prop_oneof![
        proptest::collection::vec("[a-z_@][a-z0-9_$-]{0,4}", 1..3),
        "[A-Z][a-z \"]{0,5}[:]".prop_map(|name| vec![name]),
    ];
    let is = (path.clone(), proptest::collection::vec(value(), 1..3)).prop_map(|(path, values)| (path, Op::Is, values));
    let op = prop_oneof![Just(Op::Lt), Just(Op::Le), Just(Op::Gt), Just(Op::Ge)];
    let compared = (path, op, value()).prop_map(|(path, op, value)| (path, op, vec![value]));
    prop_oneof![is, compared].prop_map(|(path, op, values)| Expr::Term(Term { path, op, values, span: 0..0 }))
}

fn expr() -> impl Strategy<Value = Expr> {
    let leaf =
        prop_oneof![1 => Just(Expr::All), 4 => text().prop_map(|text| Expr::Text { text, span: 0..0 }), 8 => term()];
    leaf.prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Expr::And),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Expr::Or),
            inner.prop_map(|inner| Expr::Not(Box::new(inner))),
        ]
    })
}

fn name() -> impl Strategy<Value = FieldName> {
    text().prop_map(FieldName::new)
}

fn calc() -> impl Strategy<Value = Calc> {
    let node = |node| Calc { node, span: 0..0 };
    let leaf = prop_oneof![
        Just(CalcNode::Nothing),
        any::<bool>().prop_map(CalcNode::Flag),
        prop_oneof![(0u32..2000).prop_map(f64::from), 0.0..1e9].prop_map(CalcNode::Number),
        text().prop_map(CalcNode::Text),
        prop_oneof![text(), Just("and".to_string()), Just("a'b".to_string())].prop_map(CalcNode::Field),
        term().prop_map(|expr| match expr {
            Expr::Term(term) if term.path.join("") != "not" => CalcNode::Term(term),
            _ => CalcNode::Nothing,
        }),
    ];
    let functions: Vec<Function> = Function::ALL.iter().map(|(function, ..)| *function).collect();
    leaf.prop_map(node).prop_recursive(4, 24, 3, move |inner| {
        let one = inner.clone().prop_map(Box::new);
        let many = proptest::collection::vec(inner.clone(), 2..4);
        let op = prop::sample::select(vec![Op::Is, Op::Lt, Op::Le, Op::Gt, Op::Ge]);
        let sign = prop::sample::select(vec![Sign::Plus, Sign::Minus, Sign::Times, Sign::Over, Sign::Rest]);
        let call = (prop::sample::select(functions.clone()), proptest::collection::vec(inner.clone(), 3)).prop_map(
            |(function, mut arguments)| {
                let least =
                    Function::ALL.iter().find(|(known, ..)| *known == function).map(|(.., takes)| *takes.start());
                arguments.truncate(least.unwrap_or(1));
                CalcNode::Call(function, arguments)
            },
        );
        prop_oneof![
            one.clone().prop_map(CalcNode::Not),
            one.clone().prop_map(CalcNode::Minus),
            many.clone().prop_map(CalcNode::All),
            many.clone().prop_map(CalcNode::Any),
            (op, one.clone(), one.clone()).prop_map(|(op, a, b)| CalcNode::Compare(op, a, b)),
            (sign, one.clone(), one.clone()).prop_map(|(sign, a, b)| CalcNode::Math(sign, a, b)),
            (one, many).prop_map(|(a, list)| CalcNode::OneOf(a, list)),
            call,
        ]
        .prop_map(node)
    })
}

fn aggregate() -> impl Strategy<Value = Aggregate> {
    let measures = prop::sample::select(Measure::NAMES.iter().map(|(_, measure)| *measure).collect::<Vec<_>>());
    (measures, 0u8..=100, proptest::option::of(calc()), name()).prop_map(|(function, share, of, name)| {
        let function = if function == Measure::Percentile(95) { Measure::Percentile(share) } else { function };
        let of = of.or((function != Measure::Count).then_some(Calc { node: CalcNode::Number(1.0), span: 0..0 }));
        Aggregate { function, of, name: Some(name), span: 0..0 }
    })
}

fn pipe() -> impl Strategy<Value = Pipe> {
    let by = || proptest::collection::vec(name(), 0..3);
    let fields = || proptest::collection::vec(name(), 1..3);
    let of = || proptest::collection::vec(aggregate(), 1..3);
    let which = prop::sample::select(vec![Rank::Top, Rank::Rare]);
    let key = (name(), any::<bool>()).prop_map(|(field, descending)| SortKey { field, descending });
    let pair = (name(), name()).prop_map(|(field, other)| Pair { field, other });
    prop_oneof![
        calc().prop_map(|test| Pipe::Where { test }),
        proptest::collection::vec((name(), calc()), 1..3).prop_map(|set| Pipe::Eval { set }),
        (of(), by()).prop_map(|(of, by)| Pipe::Stats { of, by }),
        by().prop_map(|by| Pipe::Count { by }),
        (which, 1usize..100, fields(), by()).prop_map(|(which, count, fields, by)| Pipe::Rank {
            which,
            count,
            fields,
            by
        }),
        (1i64..60_000, proptest::option::of(of()), proptest::option::of((name(), 1usize..=100))).prop_map(
            |(seconds, of, by)| {
                let (by, limit) = by.map_or((None, 10), |(by, limit)| (Some(by), limit));
                Pipe::Timechart { seconds, of: of.unwrap_or_default(), by, limit }
            }
        ),
        fields().prop_map(|fields| Pipe::Dedup { fields }),
        proptest::collection::vec(key, 1..3).prop_map(|keys| Pipe::Sort { keys }),
        (1usize..1000).prop_map(|count| Pipe::Head { count }),
        (proptest::collection::vec(pair, 1..3), 1i64..60_000, expr()).prop_map(|(by, seconds, with)| Pipe::Join {
            by,
            seconds,
            with
        }),
    ]
}

fn without_spans(query: Query) -> String {
    let mut shape = format!("{query:?}");
    while let Some(start) = shape.find(" span: ") {
        let end = shape[start..].find(" }").map_or(shape.len(), |end| start + end);
        shape.replace_range(start..end, "");
    }
    shape
}

proptest! {
    #[test]
    fn printed_filters_read_back_the_same(filter in expr(), pipes in proptest::collection::vec(pipe(), 0..3)) {
        let query = Query { filter, pipes };
        let printed = query.to_string();
        let read = parse(&printed).map_err(|error| TestCaseError::fail(error.pointed(&printed)))?;
        prop_assert_eq!(without_spans(read), without_spans(query), "{}", printed);
    }

    #[test]
    fn any_text_is_read_or_refused_within_its_bounds(text in "[a-c:=<>!\"()|, -]{0,40}|\\PC{0,40}") {
        if let Err(error) = parse(&text) {
            prop_assert!(text.is_char_boundary(error.at) && text.is_char_boundary(error.at + error.length), "{error:?}");
        }
    }
}
