ALTER TABLE r_duty ADD COLUMN f_carries_out TEXT COLLATE "C";

ALTER TABLE r_requirement ADD COLUMN f_chapter BIGINT;

ALTER TABLE r_requirement ADD COLUMN f_withdrawn BIGINT;

ALTER TABLE r_control ADD COLUMN f_every BIGINT;

ALTER TABLE r_engagement ADD COLUMN f_requirements TEXT COLLATE "C";

ALTER TABLE r_engagement ADD COLUMN f_invitations TEXT COLLATE "C";

ALTER TABLE r_engagement ADD COLUMN f_seals TEXT COLLATE "C";


ALTER TABLE r_document ADD COLUMN f_answers TEXT COLLATE "C";
