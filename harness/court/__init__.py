"""The court: admits vectors, ranks, measures, infers, judges. Owns the judgements."""
