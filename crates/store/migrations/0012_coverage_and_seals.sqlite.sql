ALTER TABLE r_duty ADD COLUMN f_carries_out TEXT;

ALTER TABLE r_requirement ADD COLUMN f_chapter INTEGER;

ALTER TABLE r_requirement ADD COLUMN f_withdrawn INTEGER;

ALTER TABLE r_control ADD COLUMN f_every INTEGER;

ALTER TABLE r_engagement ADD COLUMN f_requirements TEXT;

ALTER TABLE r_engagement ADD COLUMN f_invitations TEXT;

ALTER TABLE r_engagement ADD COLUMN f_seals TEXT;


ALTER TABLE r_document ADD COLUMN f_answers TEXT;
