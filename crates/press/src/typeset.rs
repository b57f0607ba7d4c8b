//! The typesetter at work: one template, one file of data, fonts of our own.

use crate::Paper;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::HashMap;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

const TEMPLATE: &str = include_str!("../templates/paper.typ");

/// Why a paper could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PressError {
    #[error("the paper could not be described: {0}")]
    Data(#[from] serde_json::Error),
    #[error("the paper could not be set: {0}")]
    Set(String),
}

/// A paper as PDF/A-2a, the archival form with structure for screen readers, dated `at` in a zone.
pub fn pdf(paper: &Paper, at: Timestamp, zone: &TimeZone) -> Result<Vec<u8>, PressError> {
    let desk = Desk::new(serde_json::to_vec(paper)?, at, zone)?;
    let document = typst::compile::<PagedDocument>(&desk).output.map_err(|errors| said(&errors))?;
    let standards = PdfStandards::new(&[PdfStandard::A_2a]).map_err(|error| PressError::Set(format!("{error:?}")))?;
    let timestamp = desk.today.map(typst_pdf::Timestamp::new_utc);
    let creator = Smart::Custom(Some("Watchkeep".to_owned()));
    let options = PdfOptions { standards, timestamp, creator, ..PdfOptions::default() };
    let made = typst_pdf::pdf(&document, &options).map_err(|errors| said(&errors));
    typst::comemo::evict(0);
    made
}

fn said(errors: &[SourceDiagnostic]) -> PressError {
    PressError::Set(errors.iter().map(|error| error.message.to_string()).collect::<Vec<_>>().join("; "))
}

/// All that a template may see: itself, its data, its fonts, the date.
struct Desk {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    main: FileId,
    source: Source,
    files: HashMap<FileId, Bytes>,
    today: Option<Datetime>,
}

impl Desk {
    fn new(data: Vec<u8>, at: Timestamp, zone: &TimeZone) -> Result<Self, PressError> {
        let path = |name: &str| {
            let path = VirtualPath::new(name).map_err(|error| PressError::Set(format!("{name}: {error:?}")))?;
            Ok::<_, PressError>(FileId::new(RootedPath::new(VirtualRoot::Project, path)))
        };
        let main = path("paper.typ")?;
        let fonts: Vec<Font> = typst_assets::fonts().flat_map(|bytes| Font::iter(Bytes::new(bytes))).collect();
        let day = at.to_zoned(zone.clone()).datetime();
        let part = |number: i8| u8::try_from(number).unwrap_or_default();
        let today = Datetime::from_ymd_hms(
            i32::from(day.year()),
            part(day.month()),
            part(day.day()),
            part(day.hour()),
            part(day.minute()),
            part(day.second()),
        );
        Ok(Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            main,
            source: Source::new(main, TEMPLATE.to_owned()),
            files: HashMap::from([(path("paper.json")?, Bytes::new(data))]),
            today,
        })
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main { Ok(self.source.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        self.today
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cell, Part, Run, parts};

    fn at() -> Timestamp {
        "2026-03-03T16:30:00Z".parse().expect("an instant")
    }

    fn paper() -> Paper {
        let mut all =
            parts("## Incidents\n\nOne *new*: [INC-1](/r/incident/1) #let x = 1\n\n- a\n- b\n", "https://w.example");
        let row = |mark, figure: &str| {
            vec![
                Cell::of(vec![Run::link("D-001", "https://w.example/duty/1")]).marked(mark),
                Cell::of(vec![Run::plain(figure)]).number(),
            ]
        };
        all.push(Part::Table {
            head: vec!["Duty".into(), "Figure".into()],
            rows: vec![row("red", "11 of 12"), row("green", "3 of 3")],
        });
        let facts = vec![("Period".to_owned(), "3 March 2026".to_owned())];
        Paper { title: "Daily report".into(), from: "Harbour & Sons".into(), facts, parts: all, foot: "Draft".into() }
    }

    #[test]
    fn a_paper_becomes_a_dated_archival_pdf_with_links() {
        let made = pdf(&paper(), at(), &TimeZone::UTC).expect("a PDF");
        let text = String::from_utf8_lossy(&made);
        assert!(text.starts_with("%PDF-1."), "{:?}", text.chars().take(20).collect::<String>());
        assert!(text.contains("pdfaid:part>2<") && text.contains("2026-03-03"), "archival and dated");
        assert!(text.contains("https://w.example/duty/1"), "figures are links");
        assert_eq!(pdf(&paper(), at(), &TimeZone::UTC).expect("a PDF"), made, "the same paper is the same bytes");
    }

    #[test]
    fn a_long_paper_has_many_pages() {
        let mut long = paper();
        long.parts.extend(parts(&"A paragraph of some words that fills a line of the page.\n\n".repeat(400), ""));
        let made = pdf(&long, at(), &TimeZone::UTC).expect("a PDF");
        assert!(made.len() > pdf(&paper(), at(), &TimeZone::UTC).expect("a PDF").len());
    }
}
