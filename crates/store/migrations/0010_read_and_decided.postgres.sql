ALTER TABLE r_document ADD COLUMN f_parties TEXT COLLATE "C";

ALTER TABLE r_document ADD COLUMN f_receipt_days BIGINT;

ALTER TABLE r_document ADD COLUMN f_questions TEXT COLLATE "C";

ALTER TABLE r_document ADD COLUMN f_pass_mark BIGINT;

ALTER TABLE r_document ADD COLUMN f_file TEXT COLLATE "C";

ALTER TABLE r_document ADD COLUMN f_digest TEXT COLLATE "C";

ALTER TABLE r_document ADD COLUMN f_counts_from BIGINT;

ALTER TABLE r_document ADD COLUMN f_published BIGINT;

ALTER TABLE r_document ADD COLUMN f_published_at BIGINT;

ALTER TABLE r_receipt ADD COLUMN f_state BIGINT;

ALTER TABLE r_receipt ADD COLUMN f_message BIGINT;

ALTER TABLE r_receipt ADD COLUMN f_digest TEXT COLLATE "C";

ALTER TABLE r_receipt ADD COLUMN f_party BIGINT;

ALTER TABLE r_receipt ADD COLUMN f_due TEXT COLLATE "C";

ALTER TABLE r_receipt ADD COLUMN f_reminders TEXT COLLATE "C";

ALTER TABLE r_receipt ADD COLUMN f_asks BIGINT;

ALTER TABLE r_receipt ADD COLUMN f_attempts TEXT COLLATE "C";

ALTER TABLE r_receipt ADD COLUMN f_passed BIGINT;

ALTER TABLE r_receipt ADD COLUMN f_note TEXT COLLATE "C";

ALTER TABLE r_receipt ADD COLUMN f_key TEXT COLLATE "C";

ALTER TABLE r_decision ADD COLUMN f_about_digest TEXT COLLATE "C";

ALTER TABLE r_decision ADD COLUMN f_stale BIGINT;

ALTER TABLE r_party ADD COLUMN f_attests BIGINT;

ALTER TABLE r_message ADD COLUMN f_rhythm BIGINT;

ALTER TABLE r_message ADD COLUMN f_next_due TEXT COLLATE "C";

ALTER TABLE r_survey ADD COLUMN f_asks TEXT COLLATE "C";

ALTER TABLE r_survey ADD COLUMN f_remarks TEXT COLLATE "C";

CREATE INDEX r_document_published ON r_document (f_published NULLS FIRST, id, tagset);

CREATE INDEX r_document_published_at ON r_document (f_published_at NULLS FIRST, id, tagset);

CREATE INDEX r_receipt_message ON r_receipt (f_message NULLS FIRST, id, tagset);

CREATE INDEX r_receipt_party ON r_receipt (f_party NULLS FIRST, id, tagset);

CREATE INDEX r_receipt_due ON r_receipt (f_due NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_receipt_key_unique ON r_receipt (LOWER(f_key COLLATE "C")) WHERE f_key IS NOT NULL;

CREATE INDEX r_receipt_key ON r_receipt (f_key NULLS FIRST, id, tagset);

CREATE INDEX r_party_attests ON r_party (f_attests NULLS FIRST, id, tagset);

CREATE INDEX r_message_next_due ON r_message (f_next_due NULLS FIRST, id, tagset);
