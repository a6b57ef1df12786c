"""How crawls and sites are doing: reports, alerts, and figures for Prometheus."""
