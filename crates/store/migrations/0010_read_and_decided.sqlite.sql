ALTER TABLE r_document ADD COLUMN f_parties TEXT;

ALTER TABLE r_document ADD COLUMN f_receipt_days INTEGER;

ALTER TABLE r_document ADD COLUMN f_questions TEXT;

ALTER TABLE r_document ADD COLUMN f_pass_mark INTEGER;

ALTER TABLE r_document ADD COLUMN f_file TEXT;

ALTER TABLE r_document ADD COLUMN f_digest TEXT;

ALTER TABLE r_document ADD COLUMN f_counts_from INTEGER;

ALTER TABLE r_document ADD COLUMN f_published INTEGER;

ALTER TABLE r_document ADD COLUMN f_published_at INTEGER;

ALTER TABLE r_receipt ADD COLUMN f_state INTEGER;

ALTER TABLE r_receipt ADD COLUMN f_message INTEGER;

ALTER TABLE r_receipt ADD COLUMN f_digest TEXT;

ALTER TABLE r_receipt ADD COLUMN f_party INTEGER;

ALTER TABLE r_receipt ADD COLUMN f_due TEXT;

ALTER TABLE r_receipt ADD COLUMN f_reminders TEXT;

ALTER TABLE r_receipt ADD COLUMN f_asks INTEGER;

ALTER TABLE r_receipt ADD COLUMN f_attempts TEXT;

ALTER TABLE r_receipt ADD COLUMN f_passed INTEGER;

ALTER TABLE r_receipt ADD COLUMN f_note TEXT;

ALTER TABLE r_receipt ADD COLUMN f_key TEXT;

ALTER TABLE r_decision ADD COLUMN f_about_digest TEXT;

ALTER TABLE r_decision ADD COLUMN f_stale INTEGER;

ALTER TABLE r_party ADD COLUMN f_attests INTEGER;

ALTER TABLE r_message ADD COLUMN f_rhythm INTEGER;

ALTER TABLE r_message ADD COLUMN f_next_due TEXT;

ALTER TABLE r_survey ADD COLUMN f_asks TEXT;

ALTER TABLE r_survey ADD COLUMN f_remarks TEXT;

CREATE INDEX r_document_published ON r_document (f_published, id, tagset);

CREATE INDEX r_document_published_at ON r_document (f_published_at, id, tagset);

CREATE INDEX r_receipt_message ON r_receipt (f_message, id, tagset);

CREATE INDEX r_receipt_party ON r_receipt (f_party, id, tagset);

CREATE INDEX r_receipt_due ON r_receipt (f_due, id, tagset);

CREATE UNIQUE INDEX r_receipt_key_unique ON r_receipt (LOWER(f_key)) WHERE f_key IS NOT NULL;

CREATE INDEX r_receipt_key ON r_receipt (f_key, id, tagset);

CREATE INDEX r_party_attests ON r_party (f_attests, id, tagset);

CREATE INDEX r_message_next_due ON r_message (f_next_due, id, tagset);
