-- Runs once, when the container's cluster is new. The role that owns Outlay's database is no superuser,
-- because row-level security does not hold for those; it makes the role that the api runs as.
CREATE ROLE outlay LOGIN CREATEROLE PASSWORD 'outlay';
ALTER ROLE outlay SET createrole_self_grant = 'set, inherit';
CREATE DATABASE outlay OWNER outlay;
