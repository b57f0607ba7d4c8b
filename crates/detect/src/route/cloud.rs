//! Cloud and software services: told by a field that only they write.

use super::{Classes, Fields};
use std::borrow::Cow;

/// A service is what its record says: these fields present, each with one of the values if any are given.
struct Sign {
    fields: &'static [(&'static str, Test)],
    product: &'static str,
    category: &'static [&'static str],
    services: &'static [&'static str],
}

enum Test {
    Any,
    Is(&'static [&'static str]),
    Ends(&'static str),
    Starts(&'static str),
}

use Test::{Any, Ends, Is, Starts};

/// First match wins.
const SIGNS: &[Sign] = &[
    sign(&[("eventSource", Ends(".amazonaws.com")), ("eventName", Any)], "aws", &["cloudtrail"]),
    sign(
        &[("eventSource", Is(&["SecurityComplianceCenter"]))],
        "m365",
        &["threat_management", "threat_detection", "audit"],
    ),
    sign(&[("eventSource", Is(&["Exchange"]))], "m365", &["exchange", "audit"]),
    sign(
        &[("Workload", Is(&["SecurityComplianceCenter"])), ("Operation", Any)],
        "m365",
        &["threat_management", "threat_detection", "audit"],
    ),
    sign(&[("Workload", Is(&["Exchange"])), ("Operation", Any)], "m365", &["exchange", "audit"]),
    sign(&[("Workload", Any), ("Operation", Any)], "m365", &["audit"]),
    sign(&[("OfficeWorkload", Is(&["Exchange"])), ("Operation", Any)], "m365", &["exchange", "audit"]),
    sign(&[("OfficeWorkload", Any), ("Operation", Any)], "m365", &["audit"]),
    sign(&[("riskEventType", Any)], "azure", &["riskdetection", "pim"]),
    sign(&[("category", Is(&["AuditLogs"]))], "azure", &["auditlogs"]),
    sign(&[("Type", Is(&["AuditLogs"]))], "azure", &["auditlogs"]),
    sign(&[("LoggedByService", Any), ("OperationName", Any)], "azure", &["auditlogs"]),
    sign(&[("loggedByService", Any)], "azure", &["auditlogs"]),
    sign(
        &[(
            "category",
            Is(&[
                "SignInLogs",
                "NonInteractiveUserSignInLogs",
                "ServicePrincipalSignInLogs",
                "ManagedIdentitySignInLogs",
            ]),
        )],
        "azure",
        &["signinlogs"],
    ),
    sign(&[("Type", Is(&["SigninLogs"]))], "azure", &["signinlogs"]),
    sign(&[("AppDisplayName", Any), ("ConditionalAccessStatus", Any)], "azure", &["signinlogs"]),
    sign(&[("appDisplayName", Any), ("conditionalAccessStatus", Any)], "azure", &["signinlogs"]),
    sign(
        &[("category", Is(&["Administrative", "Policy", "Security", "Alert"])), ("operationName", Any)],
        "azure",
        &["activitylogs"],
    ),
    sign(&[("Type", Is(&["AzureActivity"]))], "azure", &["activitylogs"]),
    sign(&[("CategoryValue", Any), ("OperationNameValue", Any)], "azure", &["activitylogs"]),
    sign(
        &[("protoPayload.serviceName", Is(&["admin.googleapis.com"]))],
        "gcp",
        &["google_workspace.admin", "gcp.audit"],
    ),
    sign(
        &[("protoPayload.serviceName", Is(&["login.googleapis.com"]))],
        "gcp",
        &["google_workspace.login", "gcp.audit"],
    ),
    sign(&[("data.protoPayload.methodName", Any)], "gcp", &["gcp.audit"]),
    sign(&[("protoPayload.methodName", Any)], "gcp", &["gcp.audit"]),
    sign(&[("gcp.audit.method_name", Any)], "gcp", &["gcp.audit"]),
    sign(&[("eventService", Is(&["admin.googleapis.com"]))], "gcp", &["google_workspace.admin"]),
    sign(&[("eventService", Is(&["login.googleapis.com"]))], "gcp", &["google_workspace.login"]),
    sign(&[("eventType", Any), ("displayMessage", Any), ("published", Any)], "okta", &["okta"]),
    sign(&[("apiVersion", Starts("audit.k8s.io")), ("verb", Any)], "kubernetes", &["audit"]),
    sign(&[("auditType.category", Any), ("auditType.action", Any)], "bitbucket", &["audit"]),
    sign(&[("action", Any), ("actor", Any), ("org", Any)], "github", &["audit"]),
    sign(&[("event_type_id", Any), ("account_id", Any)], "onelogin", &["onelogin.events"]),
    Sign {
        fields: &[("logtype", Any), ("node_id", Any)],
        product: "opencanary",
        category: &["application"],
        services: &[],
    },
];

const fn sign(
    fields: &'static [(&'static str, Test)],
    product: &'static str,
    services: &'static [&'static str],
) -> Sign {
    Sign { fields, product, category: &[], services }
}

/// Google's audit log without the wrapper of its export, under the names rules use.
const GCP: &[(&str, &str)] = &[
    ("protoPayload.methodName", "data.protoPayload.methodName"),
    ("protoPayload.serviceName", "data.protoPayload.serviceName"),
    ("protoPayload.resourceName", "data.protoPayload.resourceName"),
    ("protoPayload.authorizationInfo.permission", "data.protoPayload.authorizationInfo.permission"),
    ("protoPayload.authorizationInfo.granted", "data.protoPayload.authorizationInfo.granted"),
    ("protoPayload.methodName", "gcp.audit.method_name"),
    ("data.protoPayload.methodName", "gcp.audit.method_name"),
    ("protoPayload.resource.type", "data.protoPayload.resource.type"),
    ("resource.type", "data.protoPayload.resource.type"),
    ("logName", "data.protoPayload.logName"),
    ("protoPayload.serviceName", "eventService"),
    ("protoPayload.metadata.event.eventName", "eventName"),
];

/// Microsoft 365's unified audit in the words of the rules that were written for its cloud app security.
const M365: &[(&str, &str)] =
    &[("Workload", "eventSource"), ("Name", "eventName"), ("Operation", "eventName"), ("ResultStatus", "status")];

/// Azure writes the same log in three ways: to diagnostic settings (`properties.…`), by Microsoft Graph (small first
/// letters) and in Log Analytics (capital ones). Rules use the names of any of them.
const AZURE_AUDIT: &[(&str, &str)] = &[
    ("operationName", "OperationName"),
    ("activityDisplayName", "OperationName"),
    ("OperationName", "operationName"),
    ("activityDisplayName", "operationName"),
    ("properties.activityDisplayName", "ActivityDisplayName"),
    ("activityDisplayName", "ActivityDisplayName"),
    ("OperationName", "ActivityDisplayName"),
    ("properties.activityDisplayName", "properties.message"),
    ("activityDisplayName", "properties.message"),
    ("operationName", "properties.message"),
    ("OperationName", "properties.message"),
    ("properties.category", "Category"),
    ("properties.loggedByService", "LoggedByService"),
    ("loggedByService", "LoggedByService"),
    ("properties.result", "Status"),
    ("Result", "Status"),
    ("result", "Status"),
];
const AZURE_SIGN_IN: &[(&str, &str)] = &[
    ("resultType", "ResultType"),
    ("properties.status.errorCode", "ResultType"),
    ("status.errorCode", "ResultType"),
    ("ResultType", "resultType"),
    ("properties.status.errorCode", "resultType"),
    ("status.errorCode", "resultType"),
    ("resultDescription", "ResultDescription"),
    ("properties.status.failureReason", "ResultDescription"),
    ("status.failureReason", "ResultDescription"),
    ("properties.authenticationRequirement", "AuthenticationRequirement"),
    ("authenticationRequirement", "AuthenticationRequirement"),
    ("properties.conditionalAccessStatus", "ConditionalAccessStatus"),
    ("conditionalAccessStatus", "ConditionalAccessStatus"),
    ("properties.appDisplayName", "AppDisplayName"),
    ("appDisplayName", "AppDisplayName"),
    ("properties.clientAppUsed", "ClientAppUsed"),
    ("clientAppUsed", "ClientAppUsed"),
    ("properties.userAgent", "userAgent"),
    ("UserAgent", "userAgent"),
    ("properties.networkLocationDetails", "NetworkLocationDetails"),
    ("properties.location.countryOrRegion", "Location"),
    ("location.countryOrRegion", "Location"),
    ("properties.deviceDetail.trustType", "DeviceDetail.trusttype"),
    ("deviceDetail.trustType", "DeviceDetail.trusttype"),
    ("properties.deviceDetail.isCompliant", "DeviceDetail.isCompliant"),
    ("deviceDetail.isCompliant", "DeviceDetail.isCompliant"),
];
const AZURE_ACTIVITY: &[(&str, &str)] = &[
    ("OperationNameValue", "operationName"),
    ("operationName.value", "operationName"),
    ("operationName", "OperationNameValue"),
    ("category", "CategoryValue"),
    ("resourceId", "ResourceId"),
    ("resourceProviderName.value", "ResourceProviderValue"),
];
const OKTA: &[(&str, &str)] = &[("eventType", "eventtype"), ("displayMessage", "displaymessage")];

/// Names of the fields that events are asked for.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    SIGNS.iter().flat_map(|sign| sign.fields.iter().map(|(name, _)| *name))
}

/// Whether the event is from a known service; says which.
pub(super) fn read<'e>(event: &impl Fields<'e>, found: &mut Classes<'e>) -> bool {
    let Some(sign) = SIGNS
        .iter()
        .find(|sign| sign.fields.iter().all(|(name, test)| event.field(name).is_some_and(|value| test.holds(value))))
    else {
        return false;
    };
    found.is(sign.product, sign.category, sign.services);
    match sign.product {
        "gcp" => found.rename(event, GCP),
        "m365" => found.rename(event, M365),
        "azure" => match found.services.first().map(|service| &**service) {
            Some("auditlogs") => found.rename(event, AZURE_AUDIT),
            Some("signinlogs") => found.rename(event, AZURE_SIGN_IN),
            Some("activitylogs") => found.rename(event, AZURE_ACTIVITY),
            _ => {}
        },
        "okta" => found.rename(event, OKTA),
        "kubernetes" => found.categories.push(Cow::Borrowed("application")),
        _ => {}
    }
    true
}

impl Test {
    fn holds(&self, value: &str) -> bool {
        match self {
            Any => true,
            Is(values) => values.iter().any(|wanted| wanted.eq_ignore_ascii_case(value)),
            Ends(end) => value.ends_with(end),
            Starts(start) => value.starts_with(start),
        }
    }
}
