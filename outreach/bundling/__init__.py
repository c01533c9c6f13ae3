"""Entity bundles: what contacts are told of the campaigns that will reach their people."""
