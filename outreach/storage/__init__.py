"""Storage: tables, connections and migrations; knows no stage of the work."""
