"""Evidence at a glance: what a text says of the study it reports on. Pure functions; `appraise` is the entry point."""

from archive.evidence.appraisal import METHOD, appraise, appraise_study

__all__ = ["METHOD", "appraise", "appraise_study"]
