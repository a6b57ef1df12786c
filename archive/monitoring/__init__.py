"""Monitoring: reports on crawls and sites, alerts, and metrics for Prometheus."""
