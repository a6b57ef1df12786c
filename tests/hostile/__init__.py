"""A server that does to a crawler whatever a server can do, case by case, with the outcome that each case has."""
