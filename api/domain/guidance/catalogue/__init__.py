"""Every statement of guidance, one module a section, each with its verdict and evidence."""
