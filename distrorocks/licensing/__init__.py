"""Licences: free text and files as SPDX expressions and DEP-5 stanzas."""
