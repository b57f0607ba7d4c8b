//! Forms give lines and fields back.

use super::*;
use proptest::prelude::*;

struct Row<'a>(&'a [Placed<'a>]);

impl<'a> Values<'a> for Row<'a> {
    fn column(&self, number: u32) -> Option<&'a str> {
        self.0.iter().find(|field| field.column == Some(number)).map(|field| field.value)
    }

    fn name(&self, number: u32) -> &'a str {
        self.0.iter().find(|field| field.column == Some(number)).map_or("", |field| field.name)
    }
}

fn placed<'a>(fields: &[(&'a str, &'a str)]) -> Vec<Placed<'a>> {
    let column = |number: usize| (number % 3 != 2).then_some(number as u32);
    let place = |(number, (name, value)): (usize, &(&'a str, &'a str))| Placed { column: column(number), name, value };
    fields.iter().enumerate().map(place).collect()
}

/// The line and the fields that come back, after form and values were written down and read.
fn back(line: &[u8], fields: &[Placed]) -> (Option<Vec<u8>>, Vec<(String, String)>, String) {
    let made = Made::of(line, fields);
    let form = postcard::to_allocvec(&made.form).expect("written");
    let form: Form = postcard::from_bytes(&form).expect("read");
    let (mut text, mut read) = (Vec::new(), Vec::new());
    form.line(&Row(fields), &made.aside, &mut text);
    form.fields(&Row(fields), &made.aside, |name, value| read.push((name.to_owned(), value.to_owned())));
    (made.whole.then_some(text), read, format!("{:?}", form.parts))
}

#[test]
fn events_of_one_kind_share_a_form() {
    let form = |line: &str, fields: &[(&str, &str)]| {
        let fields = placed(fields);
        let (text, read, form) = back(line.as_bytes(), &fields);
        assert_eq!(text.as_deref(), Some(line.as_bytes()));
        assert_eq!(read.len(), fields.len());
        form
    };
    let one = form(
        r#"{"Image":"C:\\a.exe","EventID":1,"when":"2026-03-03","Empty":"","Ok":true,"Tail":"x"}"#,
        &[("Image", r"C:\a.exe"), ("EventID", "1"), ("Tail", "x"), ("Note", "n")],
    );
    let two = form(
        r#"{"Image":"C:\\bb.exe","EventID":77,"when":"2026-03-04","Empty":"","Ok":true,"Tail":"\"\n"}"#,
        &[("Image", r"C:\bb.exe"), ("EventID", "77"), ("Tail", "\"\n"), ("Note", "n")],
    );
    assert_eq!(one, two);
    assert_eq!(one.matches("Aside").count(), 1, "{one}");
    let one =
        form("Mar 3 08:15:02 fw1 DROP SRC=10.0.0.1 DPT=22", &[("host", "fw1"), ("SRC", "10.0.0.1"), ("DPT", "22")]);
    let two =
        form("Mar 4 09:15:02 web DROP SRC=10.0.0.22 DPT=2", &[("host", "web"), ("SRC", "10.0.0.22"), ("DPT", "2")]);
    assert_eq!(one, two);
}

#[test]
fn what_json_may_write_otherwise_is_kept_as_it_came() {
    let fields = placed(&[("a", "/é"), ("b", "1.50"), ("b", "2")]);
    let line = br#" {"a":"\/\u00e9","b":[1.50, 2]} "#.trim_ascii();
    let (text, read, form) = back(line, &fields);
    assert_eq!(text.as_deref(), Some(line));
    assert_eq!(read.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>(), ["/é", "1.50", "2"], "{form}");
    assert_eq!(back(b"\xff{", &fields).0, None);
}

proptest! {
    #[test]
    fn line_and_fields_come_back(
        line in "[{\"a:,1\\\\ \u{e9}}]{0,24}|\\{(\"a\":(\"[a1\\\\\"n]{0,3}\"|1|null),?){0,4}\\}",
        fields in proptest::collection::vec(("[ab.]{0,2}", "[a1\\\\\"n\u{e9}\n]{0,3}"), 0..6),
    ) {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let (text, read, form) = back(line.as_bytes(), &placed(&fields));
        if let Some(text) = text {
            prop_assert_eq!(String::from_utf8_lossy(&text), line.as_str(), "{}", form);
        }
        let read: Vec<(&str, &str)> = read.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        prop_assert_eq!(read, fields, "{}", form);
    }
}
