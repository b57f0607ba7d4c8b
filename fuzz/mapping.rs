//! Mappings of log sources and the lines that they are put to: what is read is written and read again the same, and no
//! line is lost whatever a mapping says of it.

use crate::{Numbers, mutate, now, rounds};
use watchkeep_ingest::Source;
use watchkeep_ingest::mapping::{Mapper, read};
use watchkeep_model::event::Mapping;

const MAPPINGS: &[&str] = &[
    "columns = when, site, holder\ntime = when\ntime.form = %d.%m.%Y %H:%M:%S%.f %z\ntime.zone = Europe/Berlin\nhost = site",
    "time = t\ntime.form = ms\nuser = u\nmessage = m\nlog.product = physical\nname.door = d\nname.result = r",
    "time = t\ntime.form = %s\nsrc_ip = a\ndst_ip = b\ncode = c\nprocess = p",
];
const LINES: &[&str] = &[
    "{\"t\":\"1767225600250\",\"u\":\"anna\",\"m\":\"é\",\"d\":{\"x\":[1,2]},\"r\":\"forced\"}\n{\"t\":1e400}\n",
    "01.03.2026 07:30:00.5 +0100;Lyon;\"anna; b\"\n02.03.2026;x\n",
    "t,a,b,c\n1767225600,10.0.0.1:22,[::1]:80,x\n-1,,,\n",
];

#[test]
fn damaged_mappings_are_refused_or_lose_nothing() {
    let mut numbers = Numbers(0x5eed_0031);
    let mut mapped = 0;
    for round in 0..rounds(6_000) {
        let text = mutate(MAPPINGS[round % MAPPINGS.len()].as_bytes(), b"=%.,\n #YmdHMSzs", &mut numbers);
        let Ok(mapping) = String::from_utf8_lossy(&text).parse::<Mapping>() else { continue };
        assert_eq!(mapping.to_string().parse::<Mapping>().as_ref(), Ok(&mapping));
        let lines = mutate(LINES[numbers.next(LINES.len())].as_bytes(), b"{}\",;:\n0123456789", &mut numbers);
        let lines = String::from_utf8_lossy(&lines);
        let before = read(&Source::named("s"), &lines, &Mapper::default(), now());
        let after = read(&Source::named("s"), &lines, &Mapper::from(mapping), now());
        match (before, after) {
            (Ok(before), Ok(after)) => {
                let raw = |read: &watchkeep_ingest::mapping::Read| -> Vec<_> {
                    read.lines.iter().map(|line| line.event.raw.clone()).collect()
                };
                assert_eq!(raw(&before), raw(&after));
                mapped += after.lines.len();
            }
            (before, after) => assert_eq!(before.is_err(), after.is_err()),
        }
    }
    assert!(mapped > 1_000, "{mapped}");
}
