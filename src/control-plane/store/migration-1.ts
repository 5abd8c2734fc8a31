/**
 * Version 1. Times are milliseconds since 1970, truth values 0 or 1, secrets only as hashes. What a row remembers of a
 * key or a code batch is its id without a reference: the memory outlives the key.
 */
export const initial = `
create table org (
  id text primary key,
  created_at integer not null
) strict;

create table api_key (
  id text primary key,
  org_id text not null references org on delete cascade,
  secret_hash text not null,
  created_at integer not null
) strict;

create table provisioning_key (
  id text primary key,
  org_id text not null references org on delete cascade,
  name text not null,
  secret_hash text not null,
  last_chars text not null,
  max_usage integer,
  used integer not null default 0,
  expires_at integer,
  approve_new_sites integer not null,
  created_at integer not null,
  last_used_at integer,
  revoked_at integer
) strict;
create index provisioning_key_by_org on provisioning_key (org_id, created_at);

create table code_batch (
  id text primary key,
  org_id text not null references org on delete cascade,
  name text not null,
  quantity integer not null,
  expires_at integer,
  created_at integer not null,
  revoked_at integer
) strict;
create index code_batch_by_org on code_batch (org_id, created_at);

create table code (
  hash text primary key,
  batch_id text not null references code_batch on delete cascade,
  used_at integer,
  device_id text
) strict;
create index code_by_batch on code (batch_id, used_at);

create table site (
  id integer primary key autoincrement,
  org_id text not null references org on delete cascade,
  nice_id text not null,
  name text not null,
  status text not null check (status in ('pending', 'approved')),
  provisioning_key_id text,
  newt_version text,
  created_at integer not null,
  last_seen_at integer,
  unique (org_id, nice_id)
) strict;

create table newt (
  id text primary key,
  site_id integer not null unique references site on delete cascade,
  secret_hash text not null
) strict;

create table session (
  token_hash text primary key,
  newt_id text not null references newt on delete cascade,
  expires_at integer not null
) strict;
create index session_by_newt on session (newt_id, expires_at);

create table device (
  id text primary key,
  org_id text not null references org on delete cascade,
  name text not null,
  api_key_hash text not null,
  code_batch_id text,
  hardware text not null,
  network text not null,
  expires_at integer,
  created_at integer not null,
  last_seen_at integer
) strict;
create index device_by_org on device (org_id, created_at);

create table shadow (
  device_id text primary key references device on delete cascade,
  version integer not null,
  desired text not null,
  reported text not null,
  desired_times text not null,
  reported_times text not null,
  updated_at integer not null
) strict;

create table replay (
  subject_id text not null,
  nonce_hash text not null,
  newt_id text unique references newt on delete cascade,
  device_id text unique references device on delete cascade,
  sealed text not null,
  created_at integer not null,
  primary key (subject_id, nonce_hash),
  check ((newt_id is null) <> (device_id is null))
) strict;

create table blueprint (
  id integer primary key autoincrement,
  org_id text not null references org on delete cascade,
  site_id integer references site on delete set null,
  name text not null,
  source text not null,
  contents text not null,
  succeeded integer not null,
  parked integer not null,
  message text not null,
  created_at integer not null
) strict;
create index blueprint_by_org on blueprint (org_id, id);
create index blueprint_by_site on blueprint (site_id, parked);

create table resource (
  id integer primary key autoincrement,
  org_id text not null references org on delete cascade,
  kind text not null check (kind in ('public', 'private')),
  nice_id text not null,
  site_id integer not null references site on delete cascade,
  source text not null,
  document text not null,
  updated_at integer not null,
  unique (org_id, kind, nice_id)
) strict;
create index resource_by_site on resource (site_id);

create table audit (
  id integer primary key autoincrement,
  at integer not null,
  action text not null,
  org_id text,
  key_id text,
  target text,
  address text,
  result text not null
) strict;
create index audit_by_time on audit (at);
`;
