"""Writes of the CRM: a verb as the name, the actor among the arguments, one transaction each."""
