"""A site's policy as a document: parsed, limited, rendered and compared."""
