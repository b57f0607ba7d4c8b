//! Events of every kind and the classes they belong to.

use super::*;
use bytes::Bytes;
use jiff::Timestamp;
use watchkeep_model::event::{EventId, LogSource};

fn event(fields: &[(&str, &str)]) -> Event {
    Event {
        id: EventId([0; 16]),
        time: Timestamp::UNIX_EPOCH,
        received: Timestamp::UNIX_EPOCH,
        source: "test".into(),
        log: LogSource::default(),
        host: None,
        user: None,
        src_ip: None,
        dst_ip: None,
        process: None,
        code: None,
        message: "".into(),
        fields: fields.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        raw: Bytes::new(),
    }
}

/// `expected` is `product | categories | services`, lists with commas, `-` for none.
fn check(fields: &[(&str, &str)], expected: &str) {
    assert_eq!(shown(&event(fields)), expected, "{fields:?}");
}

fn shown(event: &Event) -> String {
    let found = classes(event);
    let list = |words: &[Word<'_>]| {
        if words.is_empty() { "-".to_owned() } else { words.join(",") }
    };
    format!("{} | {} | {}", found.product.as_deref().unwrap_or("-"), list(&found.categories), list(&found.services))
}

const SYSMON: (&str, &str) = ("Channel", "Microsoft-Windows-Sysmon/Operational");

#[test]
fn windows_channels_and_codes() {
    check(&[SYSMON, ("EventID", "1")], "windows | process_creation | sysmon");
    check(&[SYSMON, ("EventID", "3")], "windows | network_connection | sysmon");
    check(&[SYSMON, ("EventID", "7")], "windows | image_load | sysmon");
    check(&[SYSMON, ("EventID", "12"), ("EventType", "CreateKey")], "windows | registry_add,registry_event | sysmon");
    check(
        &[SYSMON, ("EventID", "12"), ("EventType", "DeleteValue")],
        "windows | registry_delete,registry_event | sysmon",
    );
    check(&[SYSMON, ("EventID", "13")], "windows | registry_set,registry_event | sysmon");
    check(&[SYSMON, ("EventID", "18")], "windows | pipe_created | sysmon");
    check(&[SYSMON, ("EventID", "26")], "windows | file_delete | sysmon");
    check(&[SYSMON, ("EventID", "999")], "windows | - | sysmon");
    check(&[("Channel", "security"), ("EventID", "4688")], "windows | process_creation | security");
    check(&[("Channel", "Security"), ("EventID", "1")], "windows | - | security");
    check(&[("Channel", "System"), ("EventID", "4688")], "windows | - | system");
    check(
        &[("Channel", "Microsoft-Windows-PowerShell/Operational"), ("EventID", "4104")],
        "windows | ps_script | powershell",
    );
    check(&[("Channel", "PowerShellCore/Operational"), ("EventID", "4103")], "windows | ps_module | powershell");
    check(&[("Channel", "Windows PowerShell"), ("EventID", "400")], "windows | ps_classic_start | powershell-classic");
    check(&[("Channel", "Microsoft-Windows-AppLocker/EXE and DLL"), ("EventID", "8004")], "windows | - | applocker");
    check(
        &[("Channel", "Microsoft-Windows-Windows Defender/Operational"), ("EventID", "1116")],
        "windows | antivirus | windefend",
    );
    check(&[("Channel", "Somebody/Else")], "windows | - | -");
    check(&[("winlog.channel", "Security"), ("event.code", "4688")], "windows | process_creation | security");
    check(&[("EventLog", "RPCFW"), ("EventID", "3")], "rpc_firewall | application | -");
}

#[test]
fn linux_logs() {
    check(&[("Channel", "Linux-Sysmon/Operational"), ("EventID", "1")], "linux | process_creation | sysmon");
    check(&[("type", "SYSCALL"), ("serial", "1")], "linux | - | auditd");
    check(&[("type", "AUOMS_EXECVE"), ("serial", "1"), ("cmdline", "id")], "linux | process_creation | auditd");
    check(&[("appname", "sshd"), ("message", "x")], "linux | - | sshd,auth,syslog");
    check(&[("appname", "CRON"), ("facility", "cron")], "linux | - | cron,syslog");
    check(&[("appname", "%ASA-6-302013"), ("facility", "local4")], "- | - | -");
}

#[test]
fn cloud_services() {
    check(&[("eventSource", "s3.amazonaws.com"), ("eventName", "GetObject")], "aws | - | cloudtrail");
    check(&[("eventSource", "Exchange"), ("eventName", "x")], "m365 | - | exchange,audit");
    check(&[("OfficeWorkload", "SharePoint"), ("Operation", "x")], "m365 | - | audit");
    check(&[("LoggedByService", "Core Directory"), ("OperationName", "x")], "azure | - | auditlogs");
    check(&[("category", "SignInLogs")], "azure | - | signinlogs");
    check(&[("category", "Administrative"), ("operationName", "X/WRITE")], "azure | - | activitylogs");
    check(&[("protoPayload.methodName", "x")], "gcp | - | gcp.audit");
    check(&[("eventType", "user.session.start"), ("displayMessage", "x"), ("published", "x")], "okta | - | okta");
    check(&[("apiVersion", "audit.k8s.io/v1"), ("verb", "get")], "kubernetes | application | audit");
    check(&[("action", "repo.create"), ("actor", "a"), ("org", "o")], "github | - | audit");
}

#[test]
fn networks_web_and_doors() {
    check(&[("@stream", "conn"), ("uid", "C1")], "zeek | - | conn");
    check(&[("_path", "dns"), ("ts", "1")], "zeek | dns | dns");
    check(&[("cs-uri-query", "/x"), ("sc-status", "200")], "- | webserver | -");
    check(&[("c-uri", "http://x/"), ("sc-status", "200")], "- | proxy | -");
    check(&[("door", "dock 3"), ("result", "forced")], "physical | door | -");
    check(&[("alarm", "intrusion"), ("zone", "hall")], "physical | alarm | -");
    check(&[("log.product", "Physical"), ("log.category", "door")], "physical | door | -");
    check(&[("anything", "else")], "- | - | -");
}

#[test]
fn the_owner_of_a_source_knows_best() {
    let mut odd = event(&[("action", "deny"), ("src_ip", "10.0.0.1")]);
    odd.log = LogSource { product: None, category: Some("Firewall".into()), service: None };
    assert_eq!(shown(&odd), "- | firewall | -");
    let mut door = event(&[("Channel", "Security"), ("EventID", "4688")]);
    door.log.product = Some("physical".into());
    assert_eq!(shown(&door), "physical | - | -");
    let mut windows = event(&[("Channel", "Security"), ("EventID", "4688")]);
    windows.log.product = Some("windows".into());
    assert_eq!(shown(&windows), "windows | process_creation | security");
}

#[test]
fn a_process_start_gets_sysmon_names_once() {
    let mut start = event(&[
        ("Channel", "Security"),
        ("EventID", "4688"),
        ("NewProcessName", r"C:\a.exe"),
        ("ParentProcessName", r"C:\b.exe"),
        ("CommandLine", "a -x"),
        ("SubjectUserName", "anna"),
        ("SubjectDomainName", "LAB"),
        ("TargetUserName", "-"),
        ("MandatoryLabel", "S-1-16-12288"),
        ("SourceName", "Audit"),
        ("Hostname", "ws5"),
    ]);
    route(&mut start);
    for (name, value) in [
        ("Image", r"C:\a.exe"),
        ("ParentImage", r"C:\b.exe"),
        ("CommandLine", "a -x"),
        ("User", r"LAB\anna"),
        ("IntegrityLevel", "High"),
        ("Provider_Name", "Audit"),
        ("Computer", "ws5"),
    ] {
        assert_eq!(start.field(name), Some(value), "{name}");
    }
    assert_eq!(
        start.log,
        LogSource {
            product: Some("windows".into()),
            category: Some("process_creation".into()),
            service: Some("security".into())
        }
    );
    let before = start.fields.clone();
    route(&mut start);
    assert_eq!(start.fields, before, "routing twice adds nothing");
}
