/** One step from a version of the store to the next. Never edited once released: a store may have any of them behind it. */
export interface Migration {
  readonly version: number
  readonly what: string
  /** May call `model_key(name)`. */
  readonly sql: string
}

/** Every migration, in order, versions from 1 without a gap. */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    what: 'sources, tasks, runs, calls, prices',
    sql: `
      CREATE TABLE sources (
        row INTEGER PRIMARY KEY,
        sha256 TEXT NOT NULL,
        format TEXT NOT NULL,
        reader INTEGER NOT NULL,
        name TEXT NOT NULL,
        imported_at TEXT NOT NULL,
        runs INTEGER,
        UNIQUE (sha256, format, reader)
      ) STRICT;

      CREATE TABLE tasks (
        row INTEGER PRIMARY KEY,
        benchmark TEXT NOT NULL,
        id TEXT NOT NULL,
        repository TEXT NOT NULL,
        UNIQUE (benchmark, id, repository)
      ) STRICT;

      CREATE TABLE prices (
        row INTEGER PRIMARY KEY,
        source TEXT NOT NULL,
        entry TEXT NOT NULL,
        rates TEXT NOT NULL,
        UNIQUE (source, entry, rates)
      ) STRICT;

      CREATE TABLE runs (
        row INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        content BLOB NOT NULL,
        key TEXT NOT NULL,
        task INTEGER REFERENCES tasks (row),
        agent TEXT,
        agent_version TEXT,
        model TEXT,
        model_name TEXT,
        run INTEGER,
        input INTEGER,
        cache_read INTEGER,
        cache_write_5m INTEGER,
        cache_write_1h INTEGER,
        output INTEGER,
        reasoning INTEGER,
        incomplete INTEGER NOT NULL,
        calls INTEGER,
        steps INTEGER,
        outcome TEXT,
        wall_seconds REAL,
        started_at TEXT,
        reported_usd TEXT,
        cost_usd TEXT,
        cost_reason TEXT,
        price INTEGER REFERENCES prices (row),
        quality TEXT NOT NULL,
        source INTEGER NOT NULL REFERENCES sources (row),
        superseded_by INTEGER REFERENCES runs (row)
      ) STRICT;
      CREATE INDEX runs_by_task ON runs (task);

      CREATE TABLE calls (
        run INTEGER NOT NULL REFERENCES runs (row) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        id TEXT,
        at TEXT,
        model TEXT,
        input INTEGER,
        cache_read INTEGER,
        cache_write_5m INTEGER,
        cache_write_1h INTEGER,
        output INTEGER,
        reasoning INTEGER,
        requests INTEGER,
        incomplete INTEGER NOT NULL,
        quality TEXT NOT NULL,
        reported_usd TEXT,
        PRIMARY KEY (run, place)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX calls_by_id ON calls (id) WHERE id IS NOT NULL;
    `,
  },
  {
    version: 2,
    what: 'bundles, estimates, attempts',
    sql: `
      CREATE TABLE bundles (
        row INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        data TEXT NOT NULL,
        UNIQUE (id, data)
      ) STRICT;

      CREATE TABLE estimates (
        row INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        made_at TEXT NOT NULL,
        task INTEGER NOT NULL REFERENCES tasks (row),
        agent TEXT NOT NULL,
        model TEXT NOT NULL,
        model_name TEXT NOT NULL,
        commit_id TEXT,
        bundle INTEGER NOT NULL REFERENCES bundles (row),
        document TEXT NOT NULL
      ) STRICT;
      CREATE INDEX estimates_by_task ON estimates (task);

      CREATE TABLE attempts (
        row INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        run INTEGER REFERENCES runs (row),
        place INTEGER NOT NULL,
        started_at TEXT NOT NULL,
        ended_at TEXT,
        outcome TEXT,
        infra_reason TEXT,
        facts TEXT NOT NULL
      ) STRICT;
      CREATE INDEX attempts_by_run ON attempts (run);
    `,
  },
  {
    version: 3,
    what: 'conditions of runs; tasks by their ids, by which forecasts find the runs that came of them',
    // Uncapped is an infinite multiplier.
    sql: `
      ALTER TABLE runs ADD COLUMN multiplier REAL;
      ALTER TABLE runs ADD COLUMN host TEXT;
      ALTER TABLE runs ADD COLUMN concurrency INTEGER;
      CREATE INDEX tasks_by_id ON tasks (id);
    `,
  },
  {
    version: 4,
    what: 'what agents did with tools',
    sql: `
      CREATE TABLE actions (
        run INTEGER NOT NULL REFERENCES runs (row) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        id TEXT,
        call TEXT,
        tool TEXT NOT NULL,
        kind TEXT NOT NULL,
        target TEXT,
        returned_chars INTEGER,
        PRIMARY KEY (run, place)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    version: 5,
    what: 'exchanges with providers, as the gateway saw them',
    sql: `
      CREATE TABLE exchanges (
        id TEXT PRIMARY KEY,
        run INTEGER NOT NULL REFERENCES runs (row) ON DELETE CASCADE,
        at TEXT NOT NULL,
        provider TEXT NOT NULL,
        kind TEXT NOT NULL,
        path TEXT NOT NULL,
        model_asked TEXT,
        model_answered TEXT,
        streams INTEGER NOT NULL,
        max_output INTEGER,
        retry INTEGER NOT NULL,
        ending TEXT NOT NULL,
        status INTEGER,
        stop_reason TEXT,
        tools TEXT NOT NULL,
        request_bytes INTEGER NOT NULL,
        reply_bytes INTEGER NOT NULL,
        latency_ms REAL NOT NULL,
        first_byte_ms REAL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX exchanges_by_run ON exchanges (run);
    `,
  },
  {
    version: 6,
    what: 'the service: its answers, keys, idempotent requests, audit log and jobs',
    sql: `
      CREATE TABLE answers (
        row INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        made_at TEXT NOT NULL,
        actor TEXT NOT NULL,
        task INTEGER NOT NULL REFERENCES tasks (row),
        title TEXT NOT NULL,
        commit_id TEXT,
        unread INTEGER NOT NULL
      ) STRICT;

      CREATE INDEX answers_by_task ON answers (task, row);

      CREATE TABLE answer_forecasts (
        answer INTEGER NOT NULL REFERENCES answers (row) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        estimate INTEGER NOT NULL REFERENCES estimates (row),
        PRIMARY KEY (answer, place)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX answers_of_estimates ON answer_forecasts (estimate);

      CREATE TABLE api_keys (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        hash BLOB NOT NULL UNIQUE,
        scopes TEXT NOT NULL,
        created_at TEXT NOT NULL,
        expires_at TEXT,
        revoked_at TEXT,
        last_used_at TEXT
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE audit (
        row INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        actor TEXT NOT NULL,
        action TEXT NOT NULL,
        subject TEXT,
        request TEXT,
        address TEXT,
        detail TEXT
      ) STRICT;

      CREATE TABLE idempotent (
        actor TEXT NOT NULL,
        key TEXT NOT NULL,
        fingerprint BLOB NOT NULL,
        at TEXT NOT NULL,
        status INTEGER NOT NULL,
        headers TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (actor, key)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX idempotent_by_age ON idempotent (at);

      CREATE TABLE jobs (
        row INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        actor TEXT NOT NULL,
        asked TEXT NOT NULL,
        state TEXT NOT NULL,
        created_at TEXT NOT NULL,
        started_at TEXT,
        ended_at TEXT,
        answer TEXT,
        failure TEXT
      ) STRICT;
      CREATE INDEX jobs_by_state ON jobs (kind, state);

      CREATE TABLE job_events (
        job INTEGER NOT NULL REFERENCES jobs (row) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        at TEXT NOT NULL,
        event TEXT NOT NULL,
        data TEXT NOT NULL,
        PRIMARY KEY (job, place)
      ) STRICT, WITHOUT ROWID;

      CREATE INDEX estimates_by_time ON estimates (made_at, row);
      CREATE INDEX runs_by_time ON runs (started_at, row);
    `,
  },
  {
    version: 7,
    what: 'runs by agent and model, which ranges follow; the models that providers answer with',
    sql: `
      CREATE INDEX runs_by_pair ON runs (lower(agent), model_name, started_at, row);
      CREATE INDEX exchanges_by_names ON exchanges (model_asked, model_answered, at);
    `,
  },
  {
    version: 8,
    what: 'tasks as numbers, to learn from when their runs are there',
    sql: `
      CREATE TABLE task_features (
        task INTEGER PRIMARY KEY REFERENCES tasks (row),
        repository INTEGER NOT NULL,
        features BLOB NOT NULL
      ) STRICT;
    `,
  },
  {
    version: 9,
    what: 'runs and forecasts meet by the key of the model, whoever serves it and of whatever day',
    sql: `
      ALTER TABLE runs ADD COLUMN model_key TEXT;
      UPDATE runs SET model_key = model_key(model) WHERE model IS NOT NULL;
      DROP INDEX runs_by_pair;
      CREATE INDEX runs_by_pair ON runs (lower(agent), model_key, started_at, row);
      ALTER TABLE estimates RENAME COLUMN model_name TO model_key;
      UPDATE estimates SET model_key = model_key(model);
    `,
  },
]
