//! Clients that others wrote, from PyPI, against the running program: Elasticsearch's own and OpenTelemetry's SDK.

use crate::python;
use crate::server::Server;
use std::process::Command;

const PINNED: &[&str] =
    &["elasticsearch==9.5.1", "opentelemetry-sdk==1.45.2", "opentelemetry-exporter-otlp-proto-http==1.45.2"];

/// What `script` prints, told the port and a token; `None` where Python is missing.
fn said(server: &Server, script: &str) -> Option<String> {
    let home = python::installed("clients", PINNED)?;
    let port = server.port.to_string();
    let mut command = Command::new(home.join("bin/python"));
    let output = command.args(["-c", script, &port, &server.token]).output().expect("it starts");
    assert!(output.status.success(), "{}\n{}", String::from_utf8_lossy(&output.stderr), server.log());
    Some(String::from_utf8(output.stdout).expect("text").trim().to_owned())
}

const ELASTICSEARCH: &str = r#"
import sys
from elasticsearch import Elasticsearch, helpers
port, token = sys.argv[1:]
def lines(name):
    return ({"_index": "logs", "_id": str(n), "@timestamp": "2026-03-01T10:00:00Z", "message": f"{name} {n}"} for n in range(1200))
cluster = Elasticsearch(f"http://127.0.0.1:{port}/ingest/app", api_key=("id", token))
assert cluster.ping() and cluster.info()["version"]["number"].startswith("8.")
# The same delivery twice: a client that saw no answer sends it again.
sent = [sum(ok for ok, _ in helpers.streaming_bulk(cluster, lines("line"), chunk_size=500, raise_on_error=True)) for _ in range(2)]
answer = cluster.bulk(index="logs", operations=[{"create": {}}, {"message": "by its index"}])
root = Elasticsearch(f"http://127.0.0.1:{port}", basic_auth=("anyone", token))
sent.append(sum(ok for ok, _ in helpers.parallel_bulk(root, lines("row"), thread_count=3, chunk_size=100)))
try:
    Elasticsearch(f"http://127.0.0.1:{port}", api_key=("id", "wrong")).bulk(operations=[{"create": {}}, {"message": "no"}])
except Exception as refused:
    print(*sent, answer["errors"], answer["items"][0]["create"]["status"], refused.status_code)
"#;

#[test]
fn elasticsearchs_own_client_delivers() {
    let data = tempfile::tempdir().expect("a folder");
    let server = Server::new(data.path(), &[]);
    let Some(said) = said(&server, ELASTICSEARCH) else { return };
    assert_eq!(said, "1200 1200 1200 False 201 401");
    for (query, count) in [("source:app line", 1200), ("source:app \"by its index\"", 1), ("source:bulk row", 1200)] {
        assert_eq!(server.count(query), count, "{query}");
    }
    server.is_well();
}

const OPENTELEMETRY: &str = r#"
import logging, sys
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource
port, token = sys.argv[1:]
for compression in Compression.Gzip, Compression.NoCompression:
    exporter = OTLPLogExporter(endpoint=f"http://127.0.0.1:{port}/v1/logs", headers={"Authorization": "Bearer " + token}, compression=compression)
    provider = LoggerProvider(resource=Resource.create({"service.name": "shop", "host.name": "web-3"}))
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
    log = logging.getLogger(compression.value)
    log.addHandler(LoggingHandler(logger_provider=provider))
    for n in range(1000):
        log.warning("%s line %d", compression.value, n, extra={"user.name": "anna", "order": n})
    print(provider.force_flush(30000))
    provider.shutdown()
"#;

#[test]
fn opentelemetrys_own_exporter_delivers() {
    let data = tempfile::tempdir().expect("a folder");
    let server = Server::new(data.path(), &[]);
    let Some(said) = said(&server, OPENTELEMETRY) else { return };
    assert_eq!(said, "True\nTrue");
    for (query, count) in [
        ("source:shop host:web-3 user:anna \"gzip line\"", 1000),
        ("source:shop host:web-3 user:anna \"none line\"", 1000),
        ("source:shop order:999 severity:WARN \"gzip line 999\"", 1),
    ] {
        assert_eq!(server.count(query), count, "{query}");
    }
    server.is_well();
}
