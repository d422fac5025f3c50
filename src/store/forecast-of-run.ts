/**
 * SQL for the row of the forecast that a row of `runs` is held against: the newest of the same task, agent and model that
 * was made before the run began; NULL = none was. The rule of `matchedEstimates`, from the run's side: it goes from the
 * run to its task and on to the forecasts of that task, never through all of them.
 */
export const FORECAST_OF_RUN = `(
  SELECT earlier.row FROM tasks AS own CROSS JOIN tasks AS asked CROSS JOIN estimates AS earlier
  WHERE own.row = runs.task AND own.id <> '' AND asked.id = own.id AND earlier.task = asked.row
    AND (own.repository = '' OR asked.repository = '' OR own.repository = asked.repository)
    AND lower(earlier.agent) = lower(runs.agent) AND earlier.model_key = runs.model_key
    AND earlier.made_at <= runs.started_at
  ORDER BY earlier.made_at DESC, earlier.row DESC LIMIT 1)`

/** SQL for all tokens of a row of `runs`: all classes that are known; NULL where input or output is not. */
export const TOTAL_OF_RUN = `(runs.input + coalesce(runs.cache_read, 0) + coalesce(runs.cache_write_5m, 0)
  + coalesce(runs.cache_write_1h, 0) + runs.output)`
