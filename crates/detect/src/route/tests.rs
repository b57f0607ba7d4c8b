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
        fields: fields.iter().copied().collect(),
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
    check(&[("SYSLOG_IDENTIFIER", "sudo"), ("SYSLOG_FACILITY", "10")], "linux | - | sudo,auth,syslog");
    check(&[("predecoder.program_name", "sshd"), ("rule.id", "5760")], "linux | - | sshd,auth,syslog");
    check(&[("appname", "nginx")], "linux | - | nginx,syslog");
}

/// The names and values that an event's fields also go by.
fn names(fields: &[(&str, &str)], expected: &[(&str, &str)]) {
    let event = event(fields);
    let found = classes(&event);
    for (name, value) in expected {
        let alias = found.aliases.iter().find(|(own, _)| own == name).map(|(_, value)| &**value);
        assert_eq!(alias, Some(*value), "{name} in {:?}", found.aliases);
    }
}

#[test]
fn joined_audit_records_are_process_starts_and_new_files() {
    let start = [
        ("serial", "7"),
        ("type", "SYSCALL"),
        ("exe", "/usr/bin/cat"),
        ("UID", "root"),
        ("type", "EXECVE"),
        ("cmdline", "cat /etc/shadow"),
        ("cwd", "/root"),
    ];
    check(&start, "linux | process_creation | auditd");
    names(&start, &[("Image", "/usr/bin/cat"), ("CommandLine", "cat /etc/shadow"), ("User", "root")]);
    let file = [
        ("serial", "8"),
        ("type", "SYSCALL"),
        ("exe", "/usr/bin/touch"),
        ("cwd", "/etc"),
        ("name", "/etc/"),
        ("nametype", "PARENT"),
        ("name", "cron.d/x"),
        ("nametype", "CREATE"),
    ];
    check(&file, "linux | file_event | auditd");
    names(&file, &[("TargetFilename", "/etc/cron.d/x"), ("Image", "/usr/bin/touch")]);
}

#[test]
fn osquery_rows() {
    let row = |more: &[(&'static str, &'static str)]| -> Vec<(&'static str, &'static str)> {
        let own = [
            ("hostIdentifier", "web1"),
            ("action", "added"),
            ("columns.path", "/usr/bin/nc"),
            ("columns.cmdline", "nc -l"),
        ];
        own.iter().chain(more).copied().collect()
    };
    check(&row(&[("name", "pack/ir/listening")]), "osquery | - | listening");
    check(&row(&[("name", "pack_ir:bpf_process_events")]), "linux | process_creation | bpf_process_events");
    check(
        &row(&[("name", "process_events"), ("decorations.platform", "darwin")]),
        "macos | process_creation | process_events",
    );
    names(&row(&[("name", "process_events")]), &[("Image", "/usr/bin/nc"), ("CommandLine", "nc -l")]);
}

#[test]
fn wazuh_hands_windows_records_on() {
    let record = [
        ("data.win.system.channel", "Security"),
        ("data.win.system.eventID", "4688"),
        ("data.win.system.computer", "ws5"),
        ("data.win.eventdata.newProcessName", r"C:\\a.exe"),
        ("data.win.eventdata.subjectUserName", "anna"),
    ];
    check(&record, "windows | process_creation | security");
    names(
        &record,
        &[
            ("NewProcessName", r"C:\a.exe"),
            ("Image", r"C:\a.exe"),
            ("EventID", "4688"),
            ("Computer", "ws5"),
            ("User", r"\anna"),
        ],
    );
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
    check(&[("appDisplayName", "x"), ("conditionalAccessStatus", "notApplied")], "azure | - | signinlogs");
    check(&[("protoPayload.serviceName", "admin.googleapis.com")], "gcp | - | google_workspace.admin,gcp.audit");
    check(
        &[("Workload", "SecurityComplianceCenter"), ("Operation", "AlertTriggered")],
        "m365 | - | threat_management,threat_detection,audit",
    );
    check(&[("apiVersion", "audit.k8s.io/v1"), ("verb", "get")], "kubernetes | application | audit");
    check(&[("action", "repo.create"), ("actor", "a"), ("org", "o")], "github | - | audit");
}

#[test]
fn clouds_go_by_the_names_of_all_their_exports() {
    names(
        &[
            ("category", "AuditLogs"),
            ("operationName", "Add member to role"),
            ("properties.loggedByService", "Core Directory"),
        ],
        &[
            ("OperationName", "Add member to role"),
            ("properties.message", "Add member to role"),
            ("LoggedByService", "Core Directory"),
        ],
    );
    names(
        &[("loggedByService", "PIM"), ("activityDisplayName", "Disable PIM alert"), ("result", "success")],
        &[("operationName", "Disable PIM alert"), ("properties.message", "Disable PIM alert"), ("Status", "success")],
    );
    names(
        &[("category", "SignInLogs"), ("resultType", "50126"), ("properties.status.failureReason", "Invalid")],
        &[("ResultType", "50126"), ("ResultDescription", "Invalid")],
    );
    names(
        &[("category", "Administrative"), ("operationName", "MICROSOFT.X/WRITE"), ("resourceId", "/a")],
        &[("OperationNameValue", "MICROSOFT.X/WRITE"), ("CategoryValue", "Administrative"), ("ResourceId", "/a")],
    );
    names(
        &[
            ("Workload", "SecurityComplianceCenter"),
            ("Operation", "AlertTriggered"),
            ("Name", "Ransomware"),
            ("ResultStatus", "success"),
        ],
        &[("eventSource", "SecurityComplianceCenter"), ("eventName", "Ransomware"), ("status", "success")],
    );
}

#[test]
fn appliances() {
    let cef =
        |vendor, product| [("deviceVendor", vendor), ("deviceProduct", product), ("src", "10.0.0.1"), ("dpt", "445")];
    check(&cef("Palo Alto Networks", "PAN-OS"), "paloalto | firewall | -");
    check(&cef("Check Point", "VPN-1 & FireWall-1"), "- | firewall | -");
    check(&cef("Zscaler", "NSSWeblog"), "- | proxy | -");
    check(&cef("Somebody", "Something"), "something | - | -");
    names(&cef("SonicWALL", "NSA"), &[("src_ip", "10.0.0.1"), ("dst_port", "445")]);
    let looked =
        [("deviceVendor", "Fortinet"), ("deviceProduct", "Fortigate"), ("request", "https://x/a"), ("dhost", "x")];
    check(&looked, "fortigate | firewall,proxy | -");
    names(&looked, &[("c-uri", "https://x/a"), ("cs-host", "x")]);
    let own =
        |kind, subtype| [("devid", "FG1"), ("logid", "1"), ("type", kind), ("subtype", subtype), ("srcip", "10.0.0.1")];
    check(&own("traffic", "forward"), "fortigate | firewall | traffic");
    check(&own("event", "system"), "fortigate | - | event");
    check(&own("utm", "webfilter"), "fortigate | proxy | utm");
    names(&own("traffic", "forward"), &[("src_ip", "10.0.0.1")]);
    names(
        &[("deviceVendor", "F5"), ("deviceProduct", "ASM"), ("request", "/x?a=' or 1=1")],
        &[("cs-uri-query", "/x?a=' or 1=1")],
    );
}

#[test]
fn networks_web_and_doors() {
    check(&[("_path", "http"), ("uid", "C1"), ("uri", "/a")], "zeek | proxy | http");
    let suricata =
        |kind| [("event_type", kind), ("timestamp", "x"), ("src_ip", "10.0.0.1"), ("dns.rrname", "evil.example")];
    check(&suricata("alert"), "suricata | - | alert");
    check(&suricata("dns"), "suricata | dns | dns");
    check(&suricata("http"), "suricata | proxy | http");
    names(&suricata("dns"), &[("query", "evil.example")]);
    let proxy = [
        ("cs-uri-scheme", "http"),
        ("cs-host", "evil.example"),
        ("cs-uri-path", "/a.exe"),
        ("cs-uri-query", "x=1"),
        ("sc-status", "200"),
        ("cs-user-agent", "curl"),
    ];
    check(&proxy, "- | proxy | -");
    names(&proxy, &[("c-uri", "http://evil.example/a.exe?x=1"), ("c-useragent", "curl"), ("c-uri-query", "x=1")]);
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
