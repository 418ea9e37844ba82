"""
What a compliance officer has: solvency, attested and checked by whoever likes, offline.
"""
