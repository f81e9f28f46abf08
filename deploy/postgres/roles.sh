#!/bin/bash
# Runs once, when the database server's volume is new: the roles, with the passwords that `setup`
# made, and one database per environment. The tables come by `depthwire db migrate`.
set -euo pipefail

for role in owner persister reader; do
  password=$(cat "/passwords/$role")
  psql -v ON_ERROR_STOP=1 -q -U "$POSTGRES_USER" -d postgres \
    -v role="depthwire_$role" -v password="$password" <<'SQL'
CREATE ROLE :"role" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
SQL
done
for environment in sim demo live; do
  psql -v ON_ERROR_STOP=1 -q -U "$POSTGRES_USER" -d postgres -v name="depthwire_$environment" <<'SQL'
CREATE DATABASE :"name" OWNER depthwire_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"name" TO depthwire_persister, depthwire_reader;
SQL
done
