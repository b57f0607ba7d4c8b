//! What calculations give, one case a line.

use super::super::parse;
use super::super::{Pipe, SyntaxError};
use super::*;
use jiff::Timestamp;
use jiff::tz::TimeZone;

fn read(text: &str) -> Result<Calc, SyntaxError> {
    let query = parse(&format!("| eval x = {text}"))?;
    match query.pipes.into_iter().next() {
        Some(Pipe::Eval { mut set }) => Ok(set.remove(0).1),
        other => panic!("{other:?}"),
    }
}

fn kind_of(name: &str, span: Range<usize>) -> Result<CalcKind, SyntaxError> {
    match name {
        "n" => Ok(CalcKind::Number),
        "time" => Ok(CalcKind::Time),
        "nosuch" => Err(SyntaxError::unknown("column", name, span, ["such"])),
        _ => Ok(CalcKind::Text),
    }
}

fn row(input: &Input) -> Val<'static> {
    let time: Timestamp = "2026-03-03T08:30:10.5Z".parse().expect("an instant");
    match input {
        Input::Field(name) => match name.as_str() {
            "n" => Val::Number(7.0),
            "user" => Val::of_text("Anna"),
            "bytes" => Val::of_text("1500"),
            "src_ip" => Val::of_text("10.1.2.3"),
            "x y" => Val::of_text("spaced"),
            "time" => Val::Time(i64::try_from(time.as_nanosecond()).expect("small")),
            _ => Val::Nothing,
        },
        Input::Term(term) => Val::Flag(term.to_string() == "user:anna,ben"),
    }
}

/// The value as text, or the place and the message of the mistake; the calculation begins at character 11.
fn check(text: &str, expected: &str) {
    let now: Timestamp = "2026-03-03T12:00:00Z".parse().expect("an instant");
    let zone = TimeZone::get("Europe/Paris").expect("a zone");
    let made = read(text).and_then(|calc| Program::new(&calc, &kind_of, now, &zone));
    let shown = match made {
        Ok(program) => {
            let row: Vec<Val> = program.inputs().iter().map(row).collect();
            program.run(&row).text().map_or("nothing".to_owned(), |text| text.into_owned())
        }
        Err(error) => format!("{}+{}: {}", error.at, error.length, error),
    };
    assert_eq!(shown, expected, "{text}");
}

#[test]
fn numbers() {
    check("1 + 2 * 3", "7");
    check("(1 + 2) * 3", "9");
    check("-2 - -3", "1");
    check("7 / 2", "3.5");
    check("7 % 4", "3");
    check("1 / 0", "nothing");
    check("bytes / 1000", "1.5");
    check("n + bytes", "1507");
    check("user + 1", "nothing");
    check("nope * 2", "nothing");
    check("1h30m", "5400");
    check("round(2.345, 2)", "2.35");
    check("round(2.5)", "3");
    check("floor(-1.5)", "-2");
    check("ceil(-0.5)", "0");
    check("abs(-3)", "3");
    check("least(3, bytes, 2)", "2");
    check("greatest(3, nope)", "3");
    check("number(\" 12 \")", "12");
    check("bucket(n, 5)", "5");
    check("bucket(bytes, 1000)", "1000");
}

#[test]
fn conditions() {
    check("bytes > 200", "true");
    check("\"1500.0\" == bytes", "true");
    check("user == \"anna\"", "true");
    check("user = \"anna\"", "true");
    check("user != \"ben\"", "true");
    check("nope != \"ben\"", "true");
    check("nope == nope", "false");
    check("nope < 1 or nope >= 1", "false");
    check("not nope < 1", "true");
    check("user in (\"ben\", \"ANNA\")", "true");
    check("n in (1, 2)", "false");
    check("user:anna,ben", "true");
    check("not user:ben and true", "true");
    check("if(user:anna,ben, 1, 2)", "1");
    check("n > 5 and n < 9", "true");
    check("n > 5 and n < 6 or true", "true");
    check("cidr(src_ip, \"10.0.0.0/8\")", "true");
    check("cidr(src_ip, \"11.0.0.0/8\", \"10.1.2.3\")", "true");
    check("cidr(user, \"10.0.0.0/8\")", "false");
    check("matches(user, \"^an+a$\")", "true");
    check("matches(nope, \".*\")", "false");
    check("contains(user, \"NN\")", "true");
    check("starts(user, \"an\") and ends(user, \"na\")", "true");
    check("absent(nope) and present(user)", "true");
}

#[test]
fn texts() {
    check("lower(user)", "anna");
    check("upper('x y')", "SPACED");
    check("len(user)", "4");
    check("len(nope)", "nothing");
    check("substr(user, 2)", "nna");
    check("substr(user, 2, 2)", "nn");
    check("substr(user, -2)", "na");
    check("substr(user, -9)", "Anna");
    check("substr(user, 9)", "nothing");
    check("replace(user, \"n\", \"mm\")", "Ammmma");
    check("replace(user, \"\", \"x\")", "Anna");
    check("split(src_ip, \".\", 1)", "10");
    check("split(src_ip, \".\", -1)", "3");
    check("split(src_ip, \".\", 5)", "nothing");
    check("concat(user, \"@\", nope, n)", "Anna@7");
    check("trim(\"  a \")", "a");
    check("coalesce(nope, user, \"x\")", "Anna");
    check("case(n > 9, \"big\", n > 5, \"middle\", \"small\")", "middle");
    check("case(n > 9, \"big\")", "nothing");
    check("if(n > 5, 1, \"x\") + 1", "2");
    check("extract(src_ip, \"^\\d+\\.(\\d+)\")", "1");
    check("extract(user, \"z\")", "nothing");
    check("base64(\"ZABpAHIA\")", "dir");
    check("base64(\"??\")", "nothing");
    check("entropy(\"abab\")", "1");
    check("entropy(\"aaaa\")", "0");
    check("text(1.50)", "1.5");
    check("null", "nothing");
    check("\"say \"\"hi\"\"\"", "say \"hi\"");
}

#[test]
fn times() {
    check("time", "2026-03-03T08:30:10.5Z");
    check("bucket(time, 1h)", "2026-03-03T08:00:00Z");
    check("hour(time)", "9");
    check("weekday(time)", "2");
    check("date(time)", "2026-03-03");
    check("time + 1h", "2026-03-03T09:30:10.5Z");
    check("time - 10", "2026-03-03T08:30:00.5Z");
    check("time - bucket(time, 1h)", "1810.5");
    check("hour(bucket(time, 1d))", "0");
    check("weekday(bucket(time, 7d))", "1");
    check("time < \"-3h\"", "true");
    check(
        "\"2026-03-03T08\" < time",
        "11+15: `2026-03-03T08` is no date; write 2026-03-01, 2026-03, 2026-03-01T10:00, today, yesterday, tomorrow, now, 7d, -24h, 2w, 3mo or 1y (at character 12)",
    );
    check("time == \"today\"", "true");
}

#[test]
fn mistakes_are_pointed_at() {
    check("lenn(user)", "11+4: `lenn` is not a function (at character 12); did you mean `len`?");
    check("len(user, 2)", "11+12: `len` takes other arguments: len(text) (at character 12)");
    check("nosuch", "11+6: `nosuch` is not a column (at character 12); did you mean `such`?");
    check("1 +", "14+0: a value is missing here: a field, a number, a \"text\" or a function (at character 15)");
    check("(1 + 2", "11+1: this `(` is never closed (at character 12)");
    check("1 < n < 3", "17+1: comparisons do not chain; join two of them with `and` (at character 18)");
    check(
        "12abc",
        "11+5: `12abc` is no number and no stretch of time such as 90s, 5m, 1h or 7d; a text goes in double quotes (at character 12); did you mean `\"12abc\"`?",
    );
    check(
        "not user",
        "15+4: a condition is expected here, and `user` is a text; compare it, such as `user == 1` (at character 16); did you mean `user:any`?",
    );
    check("time * 2", "11+4: `time` is a time, and a number is expected here (at character 12)");
    check("time > n", "18+1: `n` is a number, and a time is expected here (at character 19)");
    check("(n > 1) + 1", "12+5: `n > 1` is yes or no, and a number is expected here (at character 13)");
    check("matches(user, \"(\")", "25+3: this is no regular expression: unclosed group (at character 26)");
    check(
        "cidr(user, \"x\")",
        "22+3: this is no network; write it as \"10.0.0.0/8\", \"fe80::/10\" or one address (at character 23)",
    );
    check("user in 1", "19+0: after `in` comes a list in parentheses, such as `in (1, 2)` (at character 20)");
    check("'open", "11+1: this quote is never closed; a text stands in double quotes (at character 12)");
    check(
        "?",
        "11+1: this cannot stand in a calculation; texts go in double quotes, names with signs in single ones (at character 12)",
    );
    check(&"(".repeat(100), "60+0: too many calculations inside one another (at character 61)");
}
