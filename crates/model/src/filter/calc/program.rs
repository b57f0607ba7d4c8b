//! A calculation made ready to run: names and kinds settled, patterns and dates read.

use super::super::ast::{Op, Term};
use super::super::check::network;
use super::super::dates::{Moment, when};
use super::super::error::SyntaxError;
use super::{Calc, CalcKind, CalcNode, Function, Sign, Val};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use regex::{Regex, RegexBuilder};
use std::net::IpAddr;
use std::ops::Range;

/// A calculation that can be run row by row.
#[derive(Debug, Clone)]
pub struct Program {
    pub(super) node: Node,
    kind: CalcKind,
    inputs: Vec<Input>,
    pub(super) zone: TimeZone,
    key: String,
}

/// What a row must give, in the order of [`Program::inputs`].
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    Field(String),
    /// Whether a condition of the filter language holds.
    Term(Term),
}

#[derive(Debug, Clone)]
pub(super) enum Node {
    Input(usize),
    Fixed(Val<'static>),
    Not(Box<Node>),
    Minus(Box<Node>),
    All(Vec<Node>),
    Any(Vec<Node>),
    Compare(Op, Box<Node>, Box<Node>),
    Moment(Op, Box<Node>, Moment),
    Math(Sign, Box<Node>, Box<Node>),
    Later(Box<Node>, Box<Node>),
    Earlier(Box<Node>, Box<Node>),
    Since(Box<Node>, Box<Node>),
    Call(Function, Vec<Node>),
    Regex(Box<Node>, Regex, Wanted),
    Cidr(Box<Node>, Vec<(IpAddr, u8)>),
}

/// What is wanted of a regular expression.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wanted {
    Match,
    Group,
}

/// Where names get their kinds from, and what relative dates mean.
struct Maker<'a> {
    kind_of: &'a dyn Fn(&str, Range<usize>) -> Result<CalcKind, SyntaxError>,
    now: Timestamp,
    zone: &'a TimeZone,
    inputs: Vec<Input>,
}

type Made = (Node, Option<CalcKind>);

impl Program {
    /// Settles names and kinds. `kind_of` says what a field holds, or refuses it with its place.
    ///
    /// # Errors
    /// Unknown names; kinds that do not go together; patterns and dates that cannot be read; each with its place.
    pub fn new(
        calc: &Calc,
        kind_of: &dyn Fn(&str, Range<usize>) -> Result<CalcKind, SyntaxError>,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Self, SyntaxError> {
        let mut maker = Maker { kind_of, now, zone, inputs: Vec::new() };
        let (node, kind) = maker.node(calc)?;
        let kind = kind.unwrap_or(CalcKind::Text);
        let key = format!("{calc} @{now} {}", zone.iana_name().unwrap_or_default());
        Ok(Self { node, kind, inputs: maker.inputs, zone: zone.clone(), key })
    }

    /// The same as [`Program::new`], for a place where a condition is expected.
    ///
    /// # Errors
    /// Those, and a calculation that gives something else than yes or no.
    pub fn condition(
        calc: &Calc,
        kind_of: &dyn Fn(&str, Range<usize>) -> Result<CalcKind, SyntaxError>,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Self, SyntaxError> {
        let program = Self::new(calc, kind_of, now, zone)?;
        expect_flag(calc, Some(program.kind)).map(|()| program)
    }

    pub fn kind(&self) -> CalcKind {
        self.kind
    }

    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// Tells programs apart that are not the same.
    pub fn key(&self) -> &str {
        &self.key
    }
}

fn expect_flag(calc: &Calc, kind: Option<CalcKind>) -> Result<(), SyntaxError> {
    match kind {
        Some(CalcKind::Flag) => Ok(()),
        kind => {
            let what = kind.map_or("nothing", CalcKind::word);
            let message =
                format!("a condition is expected here, and `{calc}` is {what}; compare it, such as `{calc} == 1`");
            let any = calc.as_field().map(|name| format!("{name}:any"));
            let error = SyntaxError::new(calc.span.clone(), message);
            Err(any.map_or(error.clone(), |any| error.suggest(any)))
        }
    }
}

impl Maker<'_> {
    fn node(&mut self, calc: &Calc) -> Result<Made, SyntaxError> {
        let flag = |node| Ok((node, Some(CalcKind::Flag)));
        match &calc.node {
            CalcNode::Nothing => Ok((Node::Fixed(Val::Nothing), None)),
            CalcNode::Flag(value) => flag(Node::Fixed(Val::Flag(*value))),
            CalcNode::Number(number) => Ok((Node::Fixed(Val::of_number(*number)), Some(CalcKind::Number))),
            CalcNode::Text(text) => Ok((Node::Fixed(Val::of_text(text.clone())), Some(CalcKind::Text))),
            CalcNode::Field(name) => {
                let kind = (self.kind_of)(name, calc.span.clone())?;
                Ok((self.input(Input::Field(name.clone())), Some(kind)))
            }
            CalcNode::Term(term) => {
                (self.kind_of)(&term.name(), term.name_span())?;
                flag(self.input(Input::Term(term.clone())))
            }
            CalcNode::Not(inner) => flag(Node::Not(Box::new(self.condition(inner)?))),
            CalcNode::All(parts) => {
                flag(Node::All(parts.iter().map(|part| self.condition(part)).collect::<Result<_, _>>()?))
            }
            CalcNode::Any(parts) => {
                flag(Node::Any(parts.iter().map(|part| self.condition(part)).collect::<Result<_, _>>()?))
            }
            CalcNode::Minus(inner) => Ok((Node::Minus(Box::new(self.number(inner)?)), Some(CalcKind::Number))),
            CalcNode::Compare(op, left, right) => flag(self.compare(*op, left, right)?),
            CalcNode::OneOf(left, list) => {
                let equal =
                    list.iter().map(|right| self.compare(Op::Is, left, right)).collect::<Result<Vec<_>, _>>()?;
                flag(Node::Any(equal))
            }
            CalcNode::Math(sign, left, right) => self.math(*sign, left, right),
            CalcNode::Call(function, arguments) => self.call(*function, calc, arguments),
        }
    }

    fn input(&mut self, input: Input) -> Node {
        let known = self.inputs.iter().position(|known| same(known, &input));
        Node::Input(known.unwrap_or_else(|| {
            self.inputs.push(input);
            self.inputs.len() - 1
        }))
    }

    fn condition(&mut self, calc: &Calc) -> Result<Node, SyntaxError> {
        let (node, kind) = self.node(calc)?;
        expect_flag(calc, kind).map(|()| node)
    }

    /// A number, or a text that may spell one.
    fn number(&mut self, calc: &Calc) -> Result<Node, SyntaxError> {
        match self.node(calc)? {
            (node, None | Some(CalcKind::Number | CalcKind::Text)) => Ok(node),
            (_, Some(kind)) => Err(wrong(calc, kind, "a number")),
        }
    }

    fn time(&mut self, calc: &Calc) -> Result<Node, SyntaxError> {
        match self.node(calc)? {
            (node, None | Some(CalcKind::Time)) => Ok(node),
            (_, Some(kind)) => Err(wrong(calc, kind, "a time")),
        }
    }

    fn compare(&mut self, op: Op, left: &Calc, right: &Calc) -> Result<Node, SyntaxError> {
        let ((a, left_kind), (b, right_kind)) = (self.node(left)?, self.node(right)?);
        match (left_kind, right_kind) {
            (Some(CalcKind::Time), Some(CalcKind::Time)) => {}
            (Some(CalcKind::Time), Some(CalcKind::Text)) => return self.moment(op, a, right),
            (Some(CalcKind::Text), Some(CalcKind::Time)) => return self.moment(turned(op), b, left),
            (Some(CalcKind::Time), Some(kind)) => return Err(wrong(right, kind, "a time")),
            (Some(kind), Some(CalcKind::Time)) => return Err(wrong(left, kind, "a time")),
            (Some(CalcKind::Flag), Some(CalcKind::Flag)) if op == Op::Is => {}
            (Some(CalcKind::Flag), Some(_)) => return Err(wrong(left, CalcKind::Flag, "a text or a number")),
            (Some(_), Some(CalcKind::Flag)) => return Err(wrong(right, CalcKind::Flag, "a text or a number")),
            _ => {}
        }
        Ok(Node::Compare(op, Box::new(a), Box::new(b)))
    }

    fn moment(&self, op: Op, node: Node, text: &Calc) -> Result<Node, SyntaxError> {
        let CalcNode::Text(written) = &text.node else { return Err(wrong(text, CalcKind::Text, "a time")) };
        let moment = when(written, self.now, self.zone);
        let moment = moment.map_err(|error| SyntaxError::new(text.span.clone(), error.to_string()))?;
        Ok(Node::Moment(op, Box::new(node), moment))
    }

    fn math(&mut self, sign: Sign, left: &Calc, right: &Calc) -> Result<Made, SyntaxError> {
        let ((a, left_kind), (b, right_kind)) = (self.node(left)?, self.node(right)?);
        let (a, b) = (Box::new(a), Box::new(b));
        let number = |kind| matches!(kind, None | Some(CalcKind::Number | CalcKind::Text));
        match (left_kind, sign, right_kind) {
            (Some(CalcKind::Time), Sign::Minus, Some(CalcKind::Time)) => {
                Ok((Node::Since(a, b), Some(CalcKind::Number)))
            }
            (Some(CalcKind::Time), Sign::Plus, kind) if number(kind) => Ok((Node::Later(a, b), Some(CalcKind::Time))),
            (Some(CalcKind::Time), Sign::Minus, kind) if number(kind) => {
                Ok((Node::Earlier(a, b), Some(CalcKind::Time)))
            }
            (kind, Sign::Plus, Some(CalcKind::Time)) if number(kind) => Ok((Node::Later(b, a), Some(CalcKind::Time))),
            (left, _, right) if number(left) && number(right) => Ok((Node::Math(sign, a, b), Some(CalcKind::Number))),
            (Some(kind), _, _) if !number(Some(kind)) => Err(wrong(left, kind, "a number")),
            (_, _, kind) => Err(wrong(right, kind.unwrap_or(CalcKind::Flag), "a number")),
        }
    }

    fn call(&mut self, function: Function, calc: &Calc, arguments: &[Calc]) -> Result<Made, SyntaxError> {
        use Function as F;
        let kind = match function {
            F::If | F::Case | F::Coalesce => return self.choose(function, arguments),
            F::Matches | F::Extract => return self.regex(function, calc, arguments),
            F::Cidr => return self.cidr(calc, arguments),
            F::Bucket => return self.bucket(arguments),
            F::Hour | F::Weekday | F::Seconds | F::Date => {
                let nodes = arguments.iter().map(|argument| self.time(argument)).collect::<Result<Vec<_>, _>>()?;
                let kind = if function == F::Date { CalcKind::Text } else { CalcKind::Number };
                return Ok((Node::Call(function, nodes), Some(kind)));
            }
            F::Number | F::Round | F::Floor | F::Ceil | F::Abs | F::Least | F::Greatest => {
                let nodes = arguments.iter().map(|argument| self.number(argument)).collect::<Result<Vec<_>, _>>()?;
                return Ok((Node::Call(function, nodes), Some(CalcKind::Number)));
            }
            F::Len | F::Entropy => CalcKind::Number,
            F::Contains | F::Starts | F::Ends | F::Absent | F::Present => CalcKind::Flag,
            _ => CalcKind::Text,
        };
        let nodes =
            arguments.iter().map(|argument| Ok(self.node(argument)?.0)).collect::<Result<Vec<_>, SyntaxError>>();
        Ok((Node::Call(function, nodes?), Some(kind)))
    }

    /// `if`, `case`, `coalesce`: the values are of one kind, or all become texts.
    fn choose(&mut self, function: Function, arguments: &[Calc]) -> Result<Made, SyntaxError> {
        let is_condition = |index: usize| match function {
            Function::If => index == 0,
            Function::Case => index.is_multiple_of(2) && index + 1 < arguments.len(),
            _ => false,
        };
        let (mut nodes, mut kinds) = (Vec::new(), Vec::new());
        for (index, argument) in arguments.iter().enumerate() {
            if is_condition(index) {
                nodes.push(self.condition(argument)?);
            } else {
                let (node, kind) = self.node(argument)?;
                nodes.push(node);
                kinds.extend(kind);
            }
        }
        let first = kinds.first().copied();
        let kind = if kinds.iter().all(|kind| Some(*kind) == first) { first } else { Some(CalcKind::Text) };
        let node = Node::Call(function, nodes);
        let as_text = kind == Some(CalcKind::Text);
        Ok((if as_text { Node::Call(Function::Text, vec![node]) } else { node }, kind))
    }

    fn regex(&mut self, function: Function, calc: &Calc, arguments: &[Calc]) -> Result<Made, SyntaxError> {
        let [text, pattern] = arguments else { return Err(misused(calc, function)) };
        let CalcNode::Text(written) = &pattern.node else {
            return Err(SyntaxError::new(pattern.span.clone(), "a regular expression stands here as a \"text\""));
        };
        let regex = RegexBuilder::new(written).case_insensitive(true).size_limit(1 << 20).build();
        let regex = regex.map_err(|error| {
            let error = error.to_string();
            let reason = error.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            SyntaxError::new(pattern.span.clone(), format!("this is no regular expression: {reason}"))
        })?;
        let text = Box::new(self.node(text)?.0);
        Ok(match function {
            Function::Matches => (Node::Regex(text, regex, Wanted::Match), Some(CalcKind::Flag)),
            _ => (Node::Regex(text, regex, Wanted::Group), Some(CalcKind::Text)),
        })
    }

    fn cidr(&mut self, calc: &Calc, arguments: &[Calc]) -> Result<Made, SyntaxError> {
        let [address, networks @ ..] = arguments else { return Err(misused(calc, Function::Cidr)) };
        let read = |calc: &Calc| {
            let CalcNode::Text(text) = &calc.node else { return None };
            let single = || text.parse::<IpAddr>().ok().map(|address| (address, 128));
            network(text).or_else(single)
        };
        let networks = networks
            .iter()
            .map(|calc| {
                let message = "this is no network; write it as \"10.0.0.0/8\", \"fe80::/10\" or one address";
                read(calc).ok_or_else(|| SyntaxError::new(calc.span.clone(), message))
            })
            .collect::<Result<Vec<_>, _>>()?;
        Ok((Node::Cidr(Box::new(self.node(address)?.0), networks), Some(CalcKind::Flag)))
    }

    fn bucket(&mut self, arguments: &[Calc]) -> Result<Made, SyntaxError> {
        let [what, width] = arguments else { return Ok((Node::Fixed(Val::Nothing), None)) };
        let (node, kind) = self.node(what)?;
        if kind == Some(CalcKind::Flag) {
            return Err(wrong(what, CalcKind::Flag, "a time or a number"));
        }
        let width = self.number(width)?;
        let kind = if kind == Some(CalcKind::Time) { CalcKind::Time } else { CalcKind::Number };
        Ok((Node::Call(Function::Bucket, vec![node, width]), Some(kind)))
    }
}

fn same(a: &Input, b: &Input) -> bool {
    match (a, b) {
        (Input::Field(a), Input::Field(b)) => a == b,
        (Input::Term(a), Input::Term(b)) => a.to_string() == b.to_string(),
        _ => false,
    }
}

fn turned(op: Op) -> Op {
    match op {
        Op::Is => Op::Is,
        Op::Lt => Op::Gt,
        Op::Le => Op::Ge,
        Op::Gt => Op::Lt,
        Op::Ge => Op::Le,
    }
}

fn wrong(calc: &Calc, kind: CalcKind, wanted: &str) -> SyntaxError {
    SyntaxError::new(calc.span.clone(), format!("`{calc}` is {}, and {wanted} is expected here", kind.word()))
}

fn misused(calc: &Calc, function: Function) -> SyntaxError {
    SyntaxError::new(calc.span.clone(), format!("write `{}`", function.usage()))
}
