-- The effect of the operations that the tests of the catalogue are about.

-- name: sample.write
INSERT INTO sample_notes (name)
VALUES ($1);
