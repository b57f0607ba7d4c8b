//! Invented events: ordinary ones always, a suspicious one now and then.

use crate::{Desk, DeskError};
use bytes::Bytes;
use jiff::Timestamp;
use watchkeep_ingest::{Source, bulk};

/// One round of invented events: ordinary ones always, a suspicious one now and then.
pub fn events(desk: &Desk, now: Timestamp, round: u64) -> Result<(), DeskError> {
    for (source, line) in ordinary(now, round).into_iter().chain(suspicious(now, round)) {
        let body = Bytes::from(line);
        desk.take_in(source, &mut bulk::ndjson(&Source::named(source), &body, round << 8, now))?;
    }
    Ok(())
}

/// `fw-lyon` is quiet on purpose: a silent source is what D-001 is there to show.
pub(super) fn ordinary(now: Timestamp, round: u64) -> Vec<(&'static str, String)> {
    let pick = |list: &[&'static str], salt: u64| {
        list.get(((round * 7 + salt) % list.len() as u64) as usize).copied().unwrap_or("")
    };
    let user = pick(&["akeller", "tbecker", "vnowak", "lbernard", "cmartin"], 1);
    let host = pick(&["ws-0417", "ws-0388", "ws-0102"], 3);
    let program = pick(&["OUTLOOK.EXE", "chrome.exe", "EXCEL.EXE", "Teams.exe", "notepad.exe"], 2);
    let address = format!("10.1.{}.{}", round % 8, 10 + round % 200);
    let mut lines = vec![
        (
            "workstations",
            format!(
                r#"{{"EventID":1,"UtcTime":"{now}","Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"{host}","User":"DEMO\\{user}","Image":"C:\\Program Files\\{program}","CommandLine":"\"C:\\Program Files\\{program}\"","ParentImage":"C:\\Windows\\explorer.exe"}}"#
            ),
        ),
        (
            "dc01",
            format!(
                r#"{{"EventID":4624,"TimeCreated":"{now}","Channel":"Security","Provider_Name":"Microsoft-Windows-Security-Auditing","Computer":"dc01","TargetUserName":"{user}","LogonType":"3","IpAddress":"{address}"}}"#
            ),
        ),
        (
            "web-proxy",
            format!(
                r#"{{"time":"{now}","c-ip":"{address}","cs-username":"{user}","c-uri":"https://intranet.example/page/{round}","cs-method":"GET","sc-status":200,"c-useragent":"Mozilla/5.0"}}"#
            ),
        ),
    ];
    if round.is_multiple_of(3) {
        lines.push(("srv-web-01", format!(r#"{{"time":"{now}","host":"srv-web-01","program":"sshd","message":"Accepted publickey for deploy from {address} port 5{round:04} ssh2"}}"#)));
    }
    if round.is_multiple_of(4) {
        lines.push(("cloud-trail", format!(r#"{{"eventVersion":"1.08","eventTime":"{now}","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-west-3","sourceIPAddress":"{address}","userIdentity":{{"type":"IAMUser","userName":"{user}"}}}}"#)));
    }
    if round.is_multiple_of(5) {
        lines.push((
            "doors-lyon",
            format!(
                r#"{{"time":"{now}","site":"Lyon","door":"Main entrance","result":"granted","card":"{}"}}"#,
                40_000 + round % 60
            ),
        ));
    }
    lines
}

pub(super) fn suspicious(now: Timestamp, round: u64) -> Option<(&'static str, String)> {
    if !round.is_multiple_of(6) {
        return None;
    }
    let lines = [
        (
            "workstations",
            format!(
                r#"{{"EventID":1,"UtcTime":"{now}","Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"ws-0417","User":"DEMO\\akeller","Image":"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe","CommandLine":"powershell -nop -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABOAGUAdAAuAFcAZQBiAEMAbABpAGUAbgB0ACkA","ParentImage":"C:\\Program Files\\Microsoft Office\\WINWORD.EXE"}}"#
            ),
        ),
        ("doors-lyon", format!(r#"{{"time":"{now}","site":"Lyon","door":"Server room 2","result":"forced"}}"#)),
        (
            "dc01",
            format!(
                r#"{{"EventID":1102,"Channel":"Security","Provider_Name":"Microsoft-Windows-Security-Auditing","Computer":"dc01","TimeCreated":"{now}","SubjectUserName":"mkeller","SubjectDomainName":"DEMO"}}"#
            ),
        ),
        (
            "cloud-trail",
            format!(
                r#"{{"eventVersion":"1.08","eventTime":"{now}","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","awsRegion":"eu-west-3","sourceIPAddress":"203.0.113.9","userIdentity":{{"type":"Root","accountId":"123456789012"}},"responseElements":{{"ConsoleLogin":"Success"}}}}"#
            ),
        ),
        (
            "web-proxy",
            format!(
                r#"{{"time":"{now}","c-ip":"10.1.4.22","cs-username":"akeller","c-uri":"http://203.0.113.5:8080/u/setup.exe","sc-status":200,"c-useragent":"Mozilla/5.0"}}"#
            ),
        ),
        ("alarms-lyon", format!(r#"{{"time":"{now}","site":"Lyon","alarm":"line_lost","zone":"Panel 1"}}"#)),
        (
            "workstations",
            format!(
                r#"{{"EventID":10,"UtcTime":"{now}","Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"ws-0388","SourceImage":"C:\\Users\\Public\\m.exe","TargetImage":"C:\\Windows\\System32\\lsass.exe","GrantedAccess":"0x1010"}}"#
            ),
        ),
    ];
    let at = (round / 6) as usize % lines.len();
    lines.into_iter().nth(at)
}
