//! What each class of report tells of: headings and filters, as data.

use jiff::civil::Date;

const SECTIONS: &str = include_str!("../../data/reports.txt");

/// Records under a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    pub heading: &'static str,
    pub kind: &'static str,
    /// A filter with the days of the period in it.
    pub filter: String,
    /// The field shown beside each title.
    pub beside: &'static str,
}

/// The sections of a class, or of a part such as `failures`, for a period.
pub fn sections(of: &str, from: Date, to: Date) -> Vec<Section> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in SECTIONS.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let cells: Vec<&'static str> = line.split(" | ").collect();
        match cells.as_slice() {
            [heading, kind, filter, beside] if inside => {
                let filter = filter.replace("{from}", &from.to_string()).replace("{to}", &to.to_string());
                found.push(Section { heading, kind, filter, beside });
            }
            [classes] => inside = classes.split(' ').any(|class| class == of),
            _ => {}
        }
    }
    found
}
