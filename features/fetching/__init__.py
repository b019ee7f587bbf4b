"""Getting answers of publishers: one call with its deadline, keys, and the forms answers come in.

Nothing of a single publisher: addresses and codes stand in `tradeshock.features.publishers`.
"""
