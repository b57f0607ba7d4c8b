//! Marks: which objects were read, kept beside the journal; and small files that are replaced whole.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Names one version of one object.
pub type Mark = [u8; 16];

/// The objects that were read to their end. A crash loses at most the newest mark, and its events keep their ids.
#[derive(Debug)]
pub struct Marks {
    path: PathBuf,
    file: File,
    read: HashSet<Mark>,
}

impl Marks {
    pub fn open(path: PathBuf) -> io::Result<Self> {
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        let (whole, torn) = bytes.as_chunks::<16>();
        let file = File::options().create(true).append(true).open(&path)?;
        if !torn.is_empty() {
            // Power went while the newest was written.
            file.set_len(whole.as_flattened().len() as u64)?;
        }
        Ok(Self { path, file, read: whole.iter().copied().collect() })
    }

    pub fn holds(&self, mark: &Mark) -> bool {
        self.read.contains(mark)
    }

    pub fn add(&mut self, mark: Mark) -> io::Result<()> {
        if self.read.insert(mark) {
            self.file.write_all(&mark)?;
        }
        Ok(())
    }

    /// A whole listing was seen: what is no longer there is forgotten, once it is much.
    pub fn settle(&mut self, present: &HashSet<Mark>) -> io::Result<()> {
        let gone = self.read.iter().filter(|mark| !present.contains(*mark)).count();
        if gone > 1_000 && gone * 4 > self.read.len() {
            let kept: HashSet<Mark> = self.read.intersection(present).copied().collect();
            let bytes: Vec<u8> = kept.iter().flatten().copied().collect();
            replace(&self.path, &bytes)?;
            self.file = File::options().append(true).open(&self.path)?;
            self.read = kept;
        }
        self.file.sync_data()
    }
}

/// Writes a file aside and renames it: after a crash it is the old one or the new one.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let aside = path.with_extension("new");
    let mut file = File::create(&aside)?;
    file.write_all(bytes)?;
    file.sync_data()?;
    std::fs::rename(&aside, path)
}

/// The value that [`replace`] left in a file; none before the first time.
pub fn kept(path: &Path) -> io::Result<Option<serde_json::Value>> {
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {error}", path.display()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn any_bytes_in_the_file_of_marks_leave_whole_ones(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let folder = tempfile::tempdir()?;
            let path = folder.path().join("marks");
            std::fs::write(&path, &bytes)?;
            let mut marks = Marks::open(path.clone())?;
            let new = [0xab; 16];
            marks.add(new)?;
            drop(marks);
            let marks = Marks::open(path)?;
            let (whole, _) = bytes.as_chunks::<16>();
            prop_assert!(marks.holds(&new) && whole.iter().all(|mark| marks.holds(mark)));
        }
    }

    #[test]
    fn marks_outlive_a_torn_write_and_forget_what_is_gone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("marks");
        let mark = |n: u16| -> Mark {
            let mut mark = [0; 16];
            mark[..2].copy_from_slice(&n.to_be_bytes());
            mark
        };
        let mut marks = Marks::open(path.clone()).expect("open");
        (0..2_000).for_each(|n| marks.add(mark(n)).expect("kept"));
        drop(marks);
        File::options().append(true).open(&path).and_then(|mut file| file.write_all(b"torn")).expect("written");
        let mut marks = Marks::open(path.clone()).expect("open again");
        assert!(marks.holds(&mark(1_999)) && !marks.holds(&mark(2_000)));
        marks.add(mark(2_000)).expect("kept");
        marks.settle(&(1_900..=2_000).map(mark).collect()).expect("settled");
        let marks = Marks::open(path.clone()).expect("open again");
        assert!(marks.holds(&mark(2_000)) && !marks.holds(&mark(0)));
        assert_eq!(std::fs::metadata(&path).expect("there").len(), 101 * 16);
    }
}
