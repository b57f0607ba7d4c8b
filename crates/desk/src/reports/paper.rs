//! A report as paper, and its figures as a workbook.

use crate::{Desk, DeskError};
use jiff::Timestamp;
use rust_xlsxwriter::Workbook;
use watchkeep_model::{Record, Rows};
use watchkeep_press::{Cell, Paper, Part, Run, parts};
use watchkeep_records::talk::Figure;

/// The parts of a report in their order: field and heading; the text needs none.
pub const PARTS: [(&str, &str); 4] =
    [("text", ""), ("successes", "Successes"), ("failures", "Failures"), ("asks", "What is asked of you")];

/// The frozen rows of a report.
pub fn figures(report: &Record) -> Vec<Figure> {
    report.read::<Rows<Figure>>("figures").map_or(Vec::new(), |rows| rows.0)
}

impl Desk {
    /// The report as PDF; its links lead to `base`, such as `https://watchkeep.example`.
    ///
    /// # Errors
    /// What the typesetter says.
    pub fn report_pdf(&self, report: &Record, base: &str, now: Timestamp) -> Result<Vec<u8>, DeskError> {
        let paper = self.report_paper(report, base)?;
        // A signed report is the same paper whenever it is asked for.
        let at = report.read::<Timestamp>("signed").unwrap_or(now);
        watchkeep_press::pdf(&paper, at, &self.zone).map_err(|error| DeskError::File(error.to_string()))
    }

    fn report_paper(&self, report: &Record, base: &str) -> Result<Paper, DeskError> {
        let person = |field: &str| -> Result<Option<String>, DeskError> {
            let Some(id) = report.get(field).as_int() else { return Ok(None) };
            let found = self.store.titles(&self.system(), self.kind("person")?, &[id])?;
            Ok(found.into_iter().next().map(|(_, name)| name))
        };
        let at = |field: &str| {
            let at = report.read::<Timestamp>(field)?;
            Some(at.to_zoned(self.zone.clone()).strftime("%-d %B %Y, %H:%M %Z").to_string())
        };
        let words = |field: &str| report.get(field).as_text().unwrap_or_default();
        let mut facts = vec![("Period".to_owned(), format!("{} to {}", words("period_start"), words("period_end")))];
        let signed = person("signed_by")?.zip(at("signed"));
        for (name, value) in [("Author", person("author")?), ("Figures as of", at("as_of"))] {
            facts.extend(value.map(|value| (name.to_owned(), value)));
        }
        let foot = match signed {
            Some((who, when)) => format!("{} · signed by {who}, {when}", report.number()),
            None => format!("{} · draft, not signed", report.number()),
        };
        let mut all = Vec::new();
        for (field, heading) in PARTS {
            if words(field).is_empty() {
                continue;
            }
            if !heading.is_empty() {
                all.push(Part::Heading { level: 2, runs: vec![Run::plain(heading)] });
            }
            all.extend(parts(words(field), base));
        }
        let figures = figures(report);
        if !figures.is_empty() {
            all.push(Part::Heading { level: 2, runs: vec![Run::plain("Figures")] });
            all.push(table(&figures, base));
        }
        let organisation = self.all("organisation")?;
        let from = organisation.first().map(|one| one.title().to_owned()).unwrap_or_default();
        Ok(Paper { title: report.title().to_owned(), from, facts, parts: all, foot })
    }

    /// The figures of a report as XLSX: one row a duty, numbers as numbers.
    ///
    /// # Errors
    /// A sheet that cannot be written.
    pub fn report_workbook(&self, report: &Record) -> Result<Vec<u8>, DeskError> {
        let failed = |error: rust_xlsxwriter::XlsxError| DeskError::File(format!("cannot write the figures: {error}"));
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.set_name("Figures").map_err(failed)?;
        let head = ["Duty", "What", "Site", "State", "State before", "Proof", "Figure", "Good", "All"];
        for (at, name) in (0u16..).zip(head) {
            sheet.write_string(0, at, name).map_err(failed)?;
        }
        for (row, one) in (1u32..).zip(figures(report)) {
            let cells = [&one.code, &one.what, &one.site, &one.state, &one.was, &one.grade, &one.figure];
            for (at, cell) in (0u16..).zip(cells) {
                sheet.write_string(row, at, cell).map_err(failed)?;
            }
            if let Some((part, whole)) = counted(&one.figure) {
                sheet.write_number(row, 7, part).map_err(failed)?;
                sheet.write_number(row, 8, whole).map_err(failed)?;
            }
        }
        book.save_to_buffer().map_err(failed)
    }
}

/// `11 of 12 sources heard` as its two numbers.
fn counted(figure: &str) -> Option<(f64, f64)> {
    let mut words = figure.split(' ');
    let (part, of, whole) = (words.next()?, words.next()?, words.next()?);
    (of == "of").then_some(())?;
    Some((part.parse().ok()?, whole.parse().ok()?))
}

fn table(figures: &[Figure], base: &str) -> Part {
    let sites = figures.iter().any(|one| !one.site.is_empty());
    let mut head = vec!["Duty".to_owned(), "What".to_owned()];
    if sites {
        head.push("Site".to_owned());
    }
    head.extend(["State", "Figure"].map(str::to_owned));
    let row = |one: &Figure| {
        let plain = |text: &str| Cell::of(vec![Run::plain(text)]);
        let what = crate::watch::shorten(one.what.split([':', ';']).next().unwrap_or(&one.what), 70);
        let mut cells = vec![Cell::of(vec![Run::link(&one.code, format!("{base}{}", one.link))]), plain(&what)];
        if sites {
            cells.push(plain(&one.site));
        }
        cells.push(plain(&one.state).marked(crate::duties::State::named(&one.state).name()));
        cells.push(plain(if one.figure.is_empty() { "no data" } else { &one.figure }));
        cells
    };
    Part::Table { head, rows: figures.iter().map(row).collect() }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_figure_is_two_numbers() {
        assert_eq!(super::counted("11 of 12 sources heard"), Some((11.0, 12.0)));
        assert_eq!(super::counted("done yesterday by Tom"), None);
        assert_eq!(super::counted(""), None);
    }
}
